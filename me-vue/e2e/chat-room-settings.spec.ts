import { expectAccessible } from './support/axe.ts'
import { expect, openAsOwner, test, visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import type { Browser, BrowserContextOptions } from '@playwright/test'

/** Opens the room settings as the owner. */
async function openRoomSettings(browser: Browser, server: TestServer, options?: BrowserContextOptions) {
  const owner = await openAsOwner(browser, server, options)
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  await expect(owner.page.getByRole('heading', { name: 'New room' })).toBeVisible()
  return owner
}

test('the owner creates, renames, locks, slows down and deletes a room, and visitors see each change at once', async ({
  browser,
  server,
}) => {
  test.slow()
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const owner = await openRoomSettings(browser, server)
  const newRoom = owner.page.getByRole('region', { name: 'New room' })
  await newRoom.getByLabel('Title').fill('Tea & cake')
  await expect(newRoom.getByLabel('Address')).toHaveValue('tea-cake')
  await newRoom.getByLabel('Address').press('Enter')
  await expect(owner.page.getByRole('heading', { level: 1 })).toHaveText('Tea & cake')
  await ada.page.getByRole('link', { name: 'Tea & cake' }).click()
  await ada.send('with sugar')

  await owner.page.getByRole('button', { name: 'Settings' }).click()
  const room = owner.page.getByRole('region', { name: 'This room' })
  await room.getByLabel('Title').fill('Tea')
  await room.getByLabel('Title').press('Enter')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Tea')
  await room.getByLabel('Lock this room').click()
  await expect(ada.page.getByText('The room is locked')).toBeVisible()
  await room.getByLabel('Lock this room').click()
  await expect(ada.field).toHaveAccessibleName('Message')
  await room.getByLabel('Slow mode').selectOption('15 seconds')
  const rooms = () => fetch(`${server.url}/api/chat/rooms`).then((answer) => answer.json())
  await expect.poll(rooms).toMatchObject({ data: [{ name: 'lobby' }, { name: 'tea-cake', slowSeconds: 15 }] })
  await expect(room.getByText('Saved.')).toBeVisible()

  await room.getByRole('button', { name: 'Delete this room' }).click()
  await owner.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(ada.message('with sugar')).toBeVisible()
  await room.getByRole('button', { name: 'Delete this room' }).click()
  await owner.page
    .getByRole('dialog', { name: 'Delete Tea?' })
    .getByRole('button', { name: 'Delete this room' })
    .click()
  await expect(owner.page.getByRole('heading', { level: 1 })).toHaveText('Lobby')
  await expect(ada.page.getByRole('alert')).toContainText('has been deleted')
})

test('an invalid or taken room address shows an error at its field', async ({ browser, server }) => {
  const owner = await openRoomSettings(browser, server)
  const newRoom = owner.page.getByRole('region', { name: 'New room' })
  const name = newRoom.getByLabel('Address')
  await newRoom.getByLabel('Title').fill('Second')
  await name.fill('Not A Name')
  await name.press('Enter')
  await expect(newRoom.getByText('Only a–z, 0–9 and -')).toBeVisible()
  await expect(name).toBeFocused()
  await name.fill('lobby')
  await name.press('Enter')
  await expect(newRoom.getByText('There is already a room with that address.')).toBeVisible()
})

test('the lobby cannot be deleted, and a visitor sees no room settings', async ({ browser, server }) => {
  const owner = await openRoomSettings(browser, server)
  await expect(owner.page.getByRole('button', { name: 'Delete this room' })).toHaveCount(0)
  const ada = await visitor(browser, server)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await expect(ada.page.getByRole('checkbox', { name: /sound/ })).toBeVisible()
  await expect(ada.page.getByRole('heading', { name: 'New room' })).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the room settings pass axe, ${colorScheme}`, async ({ browser, server }) => {
    const owner = await openRoomSettings(browser, server, { colorScheme, reducedMotion: 'reduce' })
    await expectAccessible(owner.page)
  })
