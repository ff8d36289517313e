import { expectAccessible } from './support/axe.ts'
import { adaAndBo, expect, test, visitor } from './support/chat.ts'
import { createOwnerApi } from './support/owner-api.ts'

const phone = { viewport: { width: 390, height: 844 } }

test('a single room has no room list, and a second room appears at once without a reload', async ({
  browser,
  server,
}) => {
  const ownerApi = await createOwnerApi(server)
  const wide = await visitor(browser, server)
  const narrow = await visitor(browser, server, phone)
  await wide.expectLive()
  await narrow.expectLive()
  const beside = wide.page.getByRole('navigation', { name: 'Rooms' })
  const button = narrow.page.getByRole('button', { name: 'Other rooms' })
  await expect(beside).toHaveCount(0)
  await expect(button).toHaveCount(0)
  await ownerApi.createRoom('den', 'The den')
  await expect(beside.getByRole('link')).toHaveText(['Lobby', 'The den'])
  await expect(beside.getByRole('link', { name: 'Lobby' })).toHaveAttribute('aria-current', 'page')
  await expect(button).toBeVisible()
})

test('unread messages of another room are counted in the room list until the room is opened', async ({
  browser,
  server,
}) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  const { ada, bo } = await adaAndBo(browser, server)
  const rooms = ada.page.getByRole('navigation', { name: 'Rooms' })
  await bo.page.getByRole('link', { name: 'The den' }).click()
  await expect(bo.page.getByRole('heading', { level: 1 })).toHaveText('The den')
  await bo.send('is anybody in here?')
  await bo.send('it is warm')
  await expect(rooms.getByRole('link', { name: /The den/ })).toHaveText(/2 new/)
  await expect(ada.page).toHaveTitle(/^\(2\) Lobby/)
  await rooms.getByRole('link', { name: /The den/ }).click()
  await expect(ada.message('it is warm')).toBeVisible()
  await expect(rooms.getByRole('link', { name: /The den/ })).not.toHaveText(/new/)
  await expect(ada.page).toHaveTitle(/^The den/)
  await bo.page.getByRole('link', { name: 'Lobby' }).click()
  await expect(bo.page.getByRole('heading', { level: 1 })).toHaveText('Lobby')
  await bo.send('back in the lobby')
  await expect(rooms.getByRole('link', { name: /Lobby/ })).toHaveText(/1 new/)
})

test('the user’s own message in one tab does not count as unread in another', async ({ browser, server }) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const second = await ada.page.context().newPage()
  await second.goto('/chat/den')
  const field = second.getByRole('textbox', { name: 'Message' })
  await field.fill('to myself')
  await field.press('Enter')
  await expect(second.getByRole('article')).toHaveText(/to myself/)
  await ada.send('and here')
  await expect(ada.page).toHaveTitle(/^Lobby/)
  await expect(second).toHaveTitle(/^The den/)
})

test('after a restore the chat shows no lost message and counts the new messages of another room', async ({
  browser,
  server,
}) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  const { ada, bo } = await adaAndBo(browser, server)
  const den = ada.page.getByRole('link', { name: /The den/ })
  const goTo = async (who: typeof ada, name: string) => {
    await who.page.getByRole('link', { name }).click()
    await expect(who.page.getByRole('heading', { level: 1 })).toHaveText(name)
  }
  for (const text of ['kept here', 'lost here', 'lost here too']) await bo.send(text)
  await goTo(bo, 'The den')
  for (const text of ['kept', 'lost', 'lost too']) await bo.send(text)
  await goTo(ada, 'The den')
  await expect(ada.message('lost too')).toBeVisible()
  await goTo(ada, 'Lobby')
  await expect(ada.messages).toHaveCount(3)
  await server.kill()
  // Each room as a copy of when it had one message, marked as `npm run backup` marks it.
  server.runSql(
    'delete from messages where seq > 1; update rooms set seq = 1, rev = 1; pragma user_version = 1',
  )
  await server.start()
  await ada.expectLive()
  await bo.expectLive()
  await expect(ada.messages).toHaveText([/kept here/])
  await bo.send('new')
  await expect(den).toHaveText(/1 new/)
  await den.click()
  await expect(ada.messages).toHaveText([/kept/, /new/])
})

test('the count of unread messages is right after a lost connection', async ({ browser, server }) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  const ada = await visitor(browser, server)
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await ada.expectLive()
  await bo.page.getByRole('link', { name: 'The den' }).click()
  await expect(bo.page.getByRole('heading', { level: 1 })).toHaveText('The den')
  const den = ada.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /The den/ })
  await bo.send('before')
  await expect(den).toHaveText(/1 new/)
  await ada.page.context().setOffline(true)
  await expect(ada.connection).toHaveText('Offline')
  await bo.send('meanwhile')
  await expect(bo.message('meanwhile')).not.toContainText('sending')
  await ada.page.context().setOffline(false)
  await ada.expectLive()
  await expect(den).toHaveText(/2 new/)
})

test('a keyboard user on a small screen switches rooms', async ({ browser, server }) => {
  await (await createOwnerApi(server)).createRoom('den', 'The den')
  const ada = await visitor(browser, server, phone)
  await ada.expectLive()
  const button = ada.page.getByRole('button', { name: 'Other rooms' })
  await button.focus()
  await ada.page.keyboard.press('Enter')
  const sheet = ada.page.getByRole('dialog', { name: 'Rooms' })
  await expect(sheet).toBeVisible()
  await ada.page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
  await expect(button).toBeFocused()
  await ada.page.keyboard.press('Enter')
  await sheet.getByRole('link', { name: 'The den' }).press('Enter')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('The den')
  await expect(sheet).toHaveCount(0)
})

test('a room that is deleted while it is open says so and links to the lobby', async ({
  browser,
  server,
}) => {
  const ownerApi = await createOwnerApi(server)
  await ownerApi.createRoom('den', 'The den')
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.page.getByRole('link', { name: 'The den' }).click()
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('The den')
  await ada.send('cosy')
  await expect(ada.message('cosy')).toBeVisible()
  await ownerApi.removeRoom('den')
  await expect(ada.page.getByRole('alert')).toContainText("This room doesn't exist, or it has been deleted.")
  await expect(ada.field).toHaveCount(0)
  await ada.page.keyboard.press('Tab')
  await ada.page.keyboard.press('Enter')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Lobby')
  await ada.send('here again')
  await expect(ada.message('here again')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the room list passes axe, ${colorScheme}`, async ({ browser, server }) => {
    await (await createOwnerApi(server)).createRoom('den', 'The den')
    const ada = await visitor(browser, server, { ...phone, colorScheme, reducedMotion: 'reduce' })
    await ada.page.getByRole('button', { name: 'Other rooms' }).click()
    await expect(ada.page.getByRole('dialog', { name: 'Rooms' })).toBeVisible()
    await expectAccessible(ada.page)
  })

test('the header fits a long title and the reconnect button on a screen of 320 pixels', async ({
  browser,
  server,
}) => {
  const ownerApi = await createOwnerApi(server)
  await ownerApi.createRoom('workshop', 'The workshop and everything else')
  const ada = await visitor(browser, server, { viewport: { width: 320, height: 640 } })
  await ada.page.goto('/chat/workshop')
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await ada.page.waitForLoadState('networkidle')
  await server.kill()
  await expect(ada.page.getByRole('button', { name: 'Try now' })).toBeInViewport({ ratio: 1 })
  await expect(ada.page.getByRole('button', { name: 'Search' })).toBeHidden()
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeInViewport({ ratio: 1 })
  await ada.page.getByRole('button', { name: /^Back in/ }).click()
  await expect(ada.page.getByText('It comes back by itself')).toBeInViewport({ ratio: 1 })
})

test('the header shows the room’s whole name on a phone while the connection is lost', async ({
  browser,
  server,
}) => {
  const ownerApi = await createOwnerApi(server)
  await ownerApi.createRoom('workshop', 'Workshop')
  const ada = await visitor(browser, server, { viewport: { width: 390, height: 844 } })
  await ada.page.goto('/chat/workshop')
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await server.kill()
  await expect(ada.page.getByRole('button', { name: 'Try now' })).toBeInViewport({ ratio: 1 })
  const title = ada.page.getByRole('heading', { level: 1 })
  const cut = () => title.evaluate((it) => it.scrollWidth - it.clientWidth)
  await expect.poll(cut).toBeLessThanOrEqual(0)
})
