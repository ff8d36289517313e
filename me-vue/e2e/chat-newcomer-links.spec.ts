import { expect, test, visitor } from './support/chat.ts'

// Somebody is new for a quarter of a minute.
test.use({ settings: { LIMIT_NEWCOMER: '15s' } })

test('a newcomer’s link waits with a plain sentence, and is then sent by itself', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server)
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
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('look at https://example.org/x')
  await ada.message('example.org/x').getByRole('button', { name: 'Move to the message field' }).click()
  await expect(ada.field).toHaveValue('look at https://example.org/x')
  await expect(ada.message('example.org/x')).toHaveCount(0)
})
