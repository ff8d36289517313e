import { expect, openAsOwner, test, visitor } from './support/chat.ts'

test('the home page counts the owner apart, and who is there besides the reader', async ({
  browser,
  server,
}) => {
  const owner = await openAsOwner(browser, server)
  const ada = await visitor(browser, server)
  const invitation = (page: typeof ada.page) =>
    page.getByRole('main').getByRole('link', { name: 'The lamp is on' })
  const reader = await (await browser.newContext({ baseURL: server.url, locale: 'en-GB' })).newPage()
  await reader.goto('/')
  await expect(invitation(reader)).toContainText('The owner is here. Come in and say hello.')
  await ada.chooseNick('Ada')
  // The server's answer may be some seconds old.
  await expect(async () => {
    await reader.reload()
    await expect(invitation(reader)).toContainText(
      'The owner and one other person are here right now. Pick a nick and come in.',
      { timeout: 2_000 },
    )
  }).toPass()
  // Ada herself is in already, and so is the owner.
  await ada.page.getByRole('banner').getByRole('link').first().click()
  await expect(invitation(ada.page)).toContainText('The owner is here.')
  await expect(invitation(ada.page)).not.toContainText('Pick a nick')
  await owner.page.getByRole('banner').getByRole('link').first().click()
  await expect(invitation(owner.page)).toContainText('One person is here right now.')
  await expect(invitation(owner.page)).not.toContainText('Pick a nick')
})

test('the lamp stays on while the owner loads the moderation page', async ({ browser, server }) => {
  const owner = await openAsOwner(browser, server)
  const ada = await visitor(browser, server)
  await expect(ada.page.getByRole('banner')).toContainText('the lamp is on')
  await owner.page.goto('/moderation')
  await expect(owner.page.getByRole('banner')).toContainText('the lamp is on')
  const presence = async () =>
    (await (await ada.page.request.get('/api/chat/presence')).json()) as {
      data: { owner: { here: boolean } }
    }
  await expect.poll(async () => (await presence()).data.owner.here).toBe(true)
})

test('while the server does not answer, lamp and windows are dark and the name stays', async ({
  browser,
  server,
}) => {
  await openAsOwner(browser, server)
  const { page } = await visitor(browser, server)
  const banner = page.getByRole('banner')
  await expect(banner).toContainText('the lamp is on')
  await expect(banner.locator('.window.lit')).not.toHaveCount(0)
  await expect(banner).toContainText('Your Name')
  await server.kill()
  await expect(banner).not.toContainText('the lamp is on')
  await expect(banner.locator('.window.lit')).toHaveCount(0)
  await expect(banner).toContainText('Your Name')
})
