import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, visitor } from './support/chat.ts'
import { createTestServer } from './support/test-server.ts'

/** A server on which somebody is new for a quarter of a minute. */
const test = base.extend({
  server: async ({ browser }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'me-chat-'))
    const server = createTestServer(directory, { LIMIT_NEWCOMER: '15s' })
    await server.start()
    await use(server)
    await Promise.all(browser.contexts().map((context) => context.close()))
    await server.kill()
    rmSync(directory, { recursive: true })
  },
})

test('a newcomer’s link waits with a plain sentence, and is then sent by itself', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const bo = await visitor(browser, server)
  await ada.chooseNick('Ada')
  await ada.send('look at https://example.org/x')
  await expect(ada.message('example.org/x')).toContainText(
    /Links from newcomers wait a few minutes\. It is sent by itself at \d\d:\d\d\./,
  )
  await ada.send(`see ${server.url}/reports`)
  await expect(bo.message('/reports')).toBeVisible()
  await expect(bo.message('example.org/x')).toHaveCount(0)
  await expect(bo.message('example.org/x')).toBeVisible({ timeout: 30_000 })
  await expect(ada.message('example.org/x')).not.toContainText('newcomers')
})

test('a newcomer takes a waiting link back into the message field', async ({ browser, server }) => {
  const ada = await visitor(browser, server)
  await ada.chooseNick('Ada')
  await ada.send('look at https://example.org/x')
  await ada.message('example.org/x').getByRole('button', { name: 'Move to the message field' }).click()
  await expect(ada.field).toHaveValue('look at https://example.org/x')
  await expect(ada.message('example.org/x')).toHaveCount(0)
})
