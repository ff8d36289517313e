import type { Locator } from '@playwright/test'
import { expect, lines, test, visitor } from './support/chat.ts'

const box = async (of: Locator) => (await of.boundingBox())!

test('the way to the latest message and what can be undone cover no message', async ({ browser, server }) => {
  server.seedMessages(lines(40))
  const { page, log, message, chooseNick } = await visitor(browser, server, {
    viewport: { width: 390, height: 700 },
  })
  await chooseNick('Bo')
  const expectBelowLog = async (what: Locator) => {
    await expect(what).toBeVisible()
    const { y, height } = await box(log)
    expect(y + height).toBeLessThanOrEqual((await box(what)).y)
  }
  await expect(message('line 40.')).toBeInViewport()
  await page.keyboard.press('PageUp')
  await expectBelowLog(page.getByRole('button', { name: 'Jump to latest' }))
  await page.getByRole('button', { name: 'Jump to latest' }).click()
  await expect(message('line 40.')).toBeInViewport()

  await message('line 40.').hover()
  await message('line 40.').getByRole('toolbar').getByRole('button', { name: 'More' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hide messages from Ada' }).click()
  await expectBelowLog(page.getByText('Messages from Ada are hidden, only for you.'))
  await expect(page.getByRole('article').last()).toBeInViewport()
})
