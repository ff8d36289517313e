import { AxeBuilder } from '@axe-core/playwright'
import { adaAndBo, expect, test, visitor } from './support/chat.ts'
import type { House } from './support/house.ts'
import { owner } from './support/server.ts'
import { newMember, signIn } from './support/test.ts'
import type { Browser, BrowserContextOptions } from '@playwright/test'

/** Bo has said something that Ada has shown to the owner, who looks at the overview. */
async function reported(browser: Browser, house: House, options: BrowserContextOptions = {}) {
  const { ada, bo } = await adaAndBo(browser, house)
  await bo.say('something rude')
  await ada.act('something rude', 'More')
  await ada.page.getByRole('button', { name: 'Report this message' }).click()
  await expect(ada.page.getByText('Thank you.')).toBeVisible()
  const home = await visitor(browser, house, options)
  await signIn(home.page, owner)
  const part = (name: string) => home.page.getByRole('region', { name })
  return { ada, bo, home, part }
}

test('the owner sees the number of reports, opens the reported message in the chat, and dismisses the report', async ({
  browser,
  house,
}) => {
  const { home, part } = await reported(browser, house)
  await home.page.goto('/chat')
  await expect(home.page.getByText('1 reported')).toBeVisible()
  await home.page.getByRole('link', { name: 'Moderation' }).click()
  await expect(home.page).toHaveURL('/moderation')
  await expect(home.page.getByRole('heading', { level: 1 })).toHaveText('Moderation')
  await expect(part('Reported').getByRole('listitem')).toContainText('something rude')
  await part('Reported').getByRole('link', { name: 'Show in chat' }).click()
  await expect(home.page).toHaveURL('/chat/lobby/1')
  await expect(home.message('something rude')).toBeVisible()
  await home.page.goBack()
  await part('Reported').getByRole('button', { name: 'Dismiss' }).click()
  await expect(part('Reported')).toContainText('No messages are reported.')
  await expect(part('Moderation log')).toContainText('owner dismissed the reports on a message from Bo')
  await expect(part('Moderation log')).not.toContainText('something rude')
})

test('the room’s settings menu links to the moderation page for the owner only', async ({
  browser,
  house,
}) => {
  const { ada, home } = await reported(browser, house)
  await home.page.goto('/chat')
  await home.page.getByRole('button', { name: 'Settings' }).click()
  const menu = home.page.getByRole('dialog', { name: 'Settings' })
  await expect(menu).toContainText('1 reported')
  await menu.getByRole('link', { name: 'Moderation' }).click()
  await expect(home.page).toHaveURL('/moderation')
  await expect(menu).toHaveCount(0)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const theirs = ada.page.getByRole('dialog', { name: 'Settings' })
  await expect(theirs.getByRole('button', { name: 'Keyboard shortcuts' })).toBeVisible()
  await expect(theirs.getByRole('link')).toHaveCount(0)
})

test('a reported message is deleted for everybody at once and returns if the owner undoes it in time', async ({
  browser,
  house,
}) => {
  test.slow()
  const { ada, home, part } = await reported(browser, house)
  await home.page.clock.install()
  await home.page.goto('/moderation')
  const about = home.page.getByText('A message from Bo is deleted.')
  await part('Reported').getByRole('button', { name: 'Delete' }).click()
  await expect(ada.message('something rude')).toHaveCount(0)
  await home.page.getByRole('button', { name: 'Undo' }).click()
  await expect(about).toHaveCount(0)
  await expect(ada.message('something rude')).toBeVisible()
  await home.page.reload()
  await expect(part('Reported').getByRole('listitem')).toHaveCount(1)
  await part('Reported').getByRole('button', { name: 'Delete' }).click()
  await expect(about).toBeVisible()
  await home.page.clock.fastForward(10_000)
  await expect(part('Reported')).toContainText('No messages are reported.')
  await expect(part('Moderation log')).toContainText('owner deleted a message from Bo')
  await expect(ada.message('something rude')).toHaveCount(0)
})

test('the moderation page shows how long a visitor is muted, and lifts the mute', async ({
  browser,
  house,
}) => {
  const { bo, home, part } = await reported(browser, house)
  await home.page.goto('/moderation')
  await expect(part('Muted or banned')).toContainText('Nobody is muted or banned.')
  await part('Reported').getByRole('button', { name: 'More…' }).click()
  await home.page.getByRole('group', { name: 'Mute for' }).getByRole('button', { name: '24 hours' }).click()
  await expect(part('Muted or banned').getByRole('listitem')).toContainText(/^Bo ?Muted until/)
  await expect(part('Moderation log')).toContainText('owner muted Bo for 24 hours')
  await expect(bo.page.getByText('You are muted until')).toBeVisible()
  await home.page.getByRole('button', { name: 'Lift for Bo' }).click()
  await expect(part('Muted or banned')).toContainText('Nobody is muted or banned.')
  await expect(part('Moderation log')).toContainText('owner let Bo write again')
  await expect(bo.field).toHaveAccessibleName('Message')
})

test('a report keeps the message’s text after its author has edited and deleted it', async ({
  browser,
  house,
}) => {
  const { ada, bo, home, part } = await reported(browser, house)
  await bo.act('something rude', 'Edit')
  await bo.say('have a nice day')
  await expect(bo.message('have a nice day')).toBeVisible()
  await home.page.goto('/moderation')
  const report = part('Reported').getByRole('listitem')
  await expect(report.getByText('something rude')).toBeVisible()
  await expect(report.getByText('Now it says:')).toBeVisible()
  await expect(report.getByText('have a nice day')).toBeVisible()

  await bo.act('have a nice day', 'Delete')
  await bo.page.reload()
  await expect(ada.message('This message was deleted.')).toBeVisible()
  await home.page.reload()
  await expect(report.getByText('something rude')).toBeVisible()
  await expect(report.getByText('The author has deleted it since.')).toBeVisible()
  await expect(report.getByRole('button', { name: 'Delete' })).toHaveCount(0)
  expect((await new AxeBuilder({ page: home.page }).analyze()).violations).toEqual([])
  await report.getByRole('button', { name: 'Dismiss' }).click()
  await expect(part('Reported')).toContainText('No messages are reported.')
})

test('the moderation page shows an error when it cannot be loaded, and can be tried again', async ({
  browser,
  house,
}) => {
  const { home, part } = await reported(browser, house)
  await home.page.route('**/api/chat/moderation', (route) => route.abort())
  await home.page.goto('/moderation')
  await expect(home.page.getByRole('alert')).toBeVisible()
  await home.page.unroute('**/api/chat/moderation')
  await home.page.getByRole('button', { name: 'Try again' }).click()
  await expect(part('Reported').getByRole('listitem')).toHaveCount(1)
  await expect(home.page.getByRole('alert')).toHaveCount(0)
})

test('the moderation page is shown only to the owner', async ({ browser, house }) => {
  const ada = await visitor(browser, house)
  await ada.page.goto('/moderation')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText(/owner/)
  await signIn(ada.page, await newMember(ada.page))
  await ada.page.goto('/moderation')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText(/owner/)
  await expect(ada.page.getByRole('region', { name: 'Reported' })).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the moderation page passes axe, ${colorScheme}`, async ({ browser, house }) => {
    const { home, part } = await reported(browser, house, { colorScheme, reducedMotion: 'reduce' })
    await home.page.goto('/moderation')
    await part('Reported').getByRole('button', { name: 'More…' }).click()
    await home.page.getByRole('dialog').getByRole('button', { name: '1 hour' }).click()
    await expect(part('Moderation log').getByRole('listitem')).toHaveCount(1)
    await expect(home.page.getByText('Bo is muted.')).toBeVisible()
    expect((await new AxeBuilder({ page: home.page }).analyze()).violations).toEqual([])
  })
