import { AxeBuilder } from '@axe-core/playwright'
import { expect, ownerIn, test, visitor } from './support/chat.ts'
import type { House } from './support/house.ts'
import type { Browser, BrowserContextOptions } from '@playwright/test'

/** The owner, with the room's settings open. */
async function ownerAtSettings(browser: Browser, house: House, options?: BrowserContextOptions) {
  const home = await ownerIn(browser, house, options)
  await home.page.getByRole('button', { name: 'Settings' }).click()
  await expect(home.page.getByRole('heading', { name: 'New room' })).toBeVisible()
  return home
}

test('the owner creates, renames, locks, slows down and deletes a room, and visitors see each change at once', async ({
  browser,
  house,
}) => {
  test.slow()
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  const home = await ownerAtSettings(browser, house)
  const making = home.page.getByRole('region', { name: 'New room' })
  await making.getByLabel('Title').fill('Tea & cake')
  await expect(making.getByLabel('Address')).toHaveValue('tea-cake')
  await making.getByLabel('Address').press('Enter')
  await expect(home.page.getByRole('heading', { level: 1 })).toHaveText('Tea & cake')
  await ada.page.getByRole('link', { name: 'Tea & cake' }).click()
  await ada.say('with sugar')

  await home.page.getByRole('button', { name: 'Settings' }).click()
  const room = home.page.getByRole('region', { name: 'This room' })
  await room.getByLabel('Title').fill('Tea')
  await room.getByLabel('Title').press('Enter')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Tea')
  await room.getByLabel('Lock this room').click()
  await expect(ada.page.getByText('The room is locked')).toBeVisible()
  await room.getByLabel('Lock this room').click()
  await expect(ada.field).toHaveAccessibleName('Message')
  await room.getByLabel('Slow mode').selectOption('15 seconds')
  await expect(room.getByText('Saved.')).toBeVisible()
  const slowed = await fetch(`${house.url}/api/chat/rooms`).then((answer) => answer.json())
  expect(slowed).toMatchObject({ data: [{ name: 'lobby' }, { name: 'tea-cake', slowSeconds: 15 }] })

  await room.getByRole('button', { name: 'Delete this room' }).click()
  await home.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(ada.message('with sugar')).toBeVisible()
  await room.getByRole('button', { name: 'Delete this room' }).click()
  await home.page
    .getByRole('dialog', { name: 'Delete Tea?' })
    .getByRole('button', { name: 'Delete this room' })
    .click()
  await expect(home.page.getByRole('heading', { level: 1 })).toHaveText('Lobby')
  await expect(ada.page.getByRole('alert')).toContainText('has been deleted')
})

test('an invalid or taken room address shows an error at its field', async ({ browser, house }) => {
  const home = await ownerAtSettings(browser, house)
  const making = home.page.getByRole('region', { name: 'New room' })
  const name = making.getByLabel('Address')
  await making.getByLabel('Title').fill('Second')
  await name.fill('Not A Name')
  await name.press('Enter')
  await expect(making.getByText('Only a–z, 0–9 and -')).toBeVisible()
  await expect(name).toBeFocused()
  await name.fill('lobby')
  await name.press('Enter')
  await expect(making.getByText('There is already a room with that address.')).toBeVisible()
})

test('the lobby cannot be deleted, and a visitor sees no room settings', async ({ browser, house }) => {
  const home = await ownerAtSettings(browser, house)
  await expect(home.page.getByRole('button', { name: 'Delete this room' })).toHaveCount(0)
  const ada = await visitor(browser, house)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await expect(ada.page.getByRole('checkbox', { name: /sound/ })).toBeVisible()
  await expect(ada.page.getByRole('heading', { name: 'New room' })).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the room settings pass axe, ${colorScheme}`, async ({ browser, house }) => {
    const home = await ownerAtSettings(browser, house, { colorScheme, reducedMotion: 'reduce' })
    expect((await new AxeBuilder({ page: home.page }).analyze()).violations).toEqual([])
  })
