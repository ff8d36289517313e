import { expectAccessible } from './support/axe.ts'
import { adaAndBo, expect, test, visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import { ownerAccount } from './support/server.ts'
import { newMember, signIn } from './support/test.ts'
import type { Browser, BrowserContextOptions } from '@playwright/test'

/** Ada has reported a message by Bo, and the owner is signed in. */
async function withReport(browser: Browser, server: TestServer, options: BrowserContextOptions = {}) {
  const { ada, bo } = await adaAndBo(browser, server)
  await bo.send('something rude')
  await ada.pressAction('something rude', 'More')
  await ada.page.getByRole('button', { name: 'Report this message' }).click()
  await expect(ada.page.getByText('Thank you.')).toBeVisible()
  const owner = await visitor(browser, server, options)
  await signIn(owner.page, ownerAccount)
  const region = (name: string) => owner.page.getByRole('region', { name })
  return { ada, bo, owner, region }
}

test('the owner sees the number of reports, opens the reported message in the chat, and dismisses the report', async ({
  browser,
  server,
}) => {
  const { owner, region } = await withReport(browser, server)
  await owner.page.goto('/chat')
  await expect(owner.page.getByText('1 reported')).toBeVisible()
  await owner.page.getByRole('link', { name: 'Moderation' }).click()
  await expect(owner.page).toHaveURL('/moderation')
  await expect(owner.page.getByRole('heading', { level: 1 })).toHaveText('Moderation')
  await expect(region('Reported').getByRole('listitem')).toContainText('something rude')
  await region('Reported').getByRole('link', { name: 'Show in chat' }).click()
  await expect(owner.page).toHaveURL('/chat/lobby/1')
  await expect(owner.message('something rude')).toBeVisible()
  await owner.page.goBack()
  await region('Reported').getByRole('button', { name: 'Dismiss' }).click()
  await expect(region('Reported')).toContainText('No messages are reported.')
  await expect(region('Moderation log')).toContainText('owner dismissed the reports on a message from Bo')
  await expect(region('Moderation log')).not.toContainText('something rude')
})

test('the room’s settings menu links to the moderation page for the owner only', async ({
  browser,
  server,
}) => {
  const { ada, owner } = await withReport(browser, server)
  await owner.page.goto('/chat')
  await owner.page.getByRole('button', { name: 'Settings' }).click()
  const menu = owner.page.getByRole('dialog', { name: 'Settings' })
  await expect(menu).toContainText('1 reported')
  await menu.getByRole('link', { name: 'Moderation' }).click()
  await expect(owner.page).toHaveURL('/moderation')
  await expect(menu).toHaveCount(0)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const visitorMenu = ada.page.getByRole('dialog', { name: 'Settings' })
  await expect(visitorMenu.getByRole('button', { name: 'Keyboard shortcuts' })).toBeVisible()
  await expect(visitorMenu.getByRole('link', { name: 'Moderation' })).toHaveCount(0)
})

test('a reported message is deleted for everybody at once and returns if the owner undoes it in time', async ({
  browser,
  server,
}) => {
  test.slow()
  const { ada, owner, region } = await withReport(browser, server)
  await owner.page.clock.install()
  await owner.page.goto('/moderation')
  const notice = owner.page.getByText('A message from Bo is deleted.')
  await region('Reported').getByRole('button', { name: 'Delete' }).click()
  await expect(ada.message('something rude')).toHaveCount(0)
  await owner.page.getByRole('button', { name: 'Undo' }).click()
  await expect(notice).toHaveCount(0)
  await expect(ada.message('something rude')).toBeVisible()
  await owner.page.reload()
  await expect(region('Reported').getByRole('listitem')).toHaveCount(1)
  await region('Reported').getByRole('button', { name: 'Delete' }).click()
  await expect(notice).toBeVisible()
  await owner.page.clock.fastForward(10_000)
  await expect(region('Reported')).toContainText('No messages are reported.')
  await expect(region('Moderation log')).toContainText('owner deleted a message from Bo')
  await expect(ada.message('something rude')).toHaveCount(0)
})

test('the moderation page shows how long a visitor is muted, and lifts the mute', async ({
  browser,
  server,
}) => {
  const { bo, owner, region } = await withReport(browser, server)
  await owner.page.goto('/moderation')
  await expect(region('Muted or banned')).toContainText('Nobody is muted or banned.')
  await region('Reported').getByRole('button', { name: 'More…' }).click()
  await owner.page.getByRole('group', { name: 'Mute for' }).getByRole('button', { name: '24 hours' }).click()
  await expect(region('Muted or banned').getByRole('listitem')).toContainText(/^Bo ?Muted until/)
  await expect(region('Moderation log')).toContainText('owner muted Bo for 24 hours')
  await expect(bo.page.getByText('You are muted until')).toBeVisible()
  await owner.page.getByRole('button', { name: 'Lift for Bo' }).click()
  await expect(region('Muted or banned')).toContainText('Nobody is muted or banned.')
  await expect(region('Moderation log')).toContainText('owner let Bo write again')
  await expect(bo.field).toHaveAccessibleName('Message')
})

test('a report keeps the message’s text after its author has edited and deleted it', async ({
  browser,
  server,
}) => {
  const { ada, bo, owner, region } = await withReport(browser, server)
  await bo.pressAction('something rude', 'Edit')
  await bo.send('have a nice day')
  await expect(bo.message('have a nice day')).toBeVisible()
  await owner.page.goto('/moderation')
  const report = region('Reported').getByRole('listitem')
  await expect(report.getByText('something rude')).toBeVisible()
  await expect(report.getByText('Now it says:')).toBeVisible()
  await expect(report.getByText('have a nice day')).toBeVisible()

  await bo.pressAction('have a nice day', 'Delete')
  await bo.page.reload()
  await expect(ada.message('This message was deleted.')).toBeVisible()
  await owner.page.reload()
  await expect(report.getByText('something rude')).toBeVisible()
  await expect(report.getByText('The author has deleted it since.')).toBeVisible()
  await expect(report.getByRole('button', { name: 'Delete' })).toHaveCount(0)
  await expectAccessible(owner.page)
  await report.getByRole('button', { name: 'Dismiss' }).click()
  await expect(region('Reported')).toContainText('No messages are reported.')
})

test('the moderation page lists what the owner’s account did, with the time, and leads to the account', async ({
  browser,
  server,
}) => {
  const owner = await visitor(browser, server, { viewport: { width: 320, height: 700 } })
  await signIn(owner.page, ownerAccount)
  await owner.page.request.post('/api/chat/rooms', { data: { name: 'tea', title: 'Tea' } })
  const now = Date.now()
  server.runSql(`insert into account_log (at, by_id, by_nick, action, subject)
    values (${now}, 'x', 'owner', 'remove-passkey', 'שלום'), (${now}, 'x', 'owner', 'sign-in', null)`)
  await owner.page.goto('/moderation')
  const account = owner.page.getByRole('region', { name: 'What your account did' })
  await expect(account.getByRole('listitem').locator('span')).toHaveText([
    'owner signed in with a new browser: an unknown browser',
    'owner removed the passkey \u2068שלום\u2069',
    'owner created the room tea',
    /^owner signed in with a new browser: Chrome, (Linux|Windows)$/,
  ])
  await expect(account.getByRole('time')).toHaveText(Array.from({ length: 4 }, () => /^\d\d:\d\d$/))
  await expectAccessible(owner.page)
  expect(await owner.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await account.scrollIntoViewIfNeeded()
  await account.getByRole('link', { name: 'Your account' }).click()
  await expect(owner.page).toHaveURL('/account')
})

test('the moderation page shows an error when it cannot be loaded, and can be tried again', async ({
  browser,
  server,
}) => {
  const { owner, region } = await withReport(browser, server)
  await owner.page.route('**/api/chat/moderation', (route) => route.abort())
  await owner.page.goto('/moderation')
  await expect(owner.page.getByRole('alert')).toBeVisible()
  await owner.page.unroute('**/api/chat/moderation')
  await owner.page.getByRole('button', { name: 'Try again' }).click()
  await expect(region('Reported').getByRole('listitem')).toHaveCount(1)
  await expect(owner.page.getByRole('alert')).toHaveCount(0)
})

test('the moderation page is shown only to the owner', async ({ browser, server }) => {
  const ada = await visitor(browser, server)
  await ada.page.goto('/moderation')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText(/owner/)
  await signIn(ada.page, await newMember(ada.page))
  await ada.page.goto('/moderation')
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText(/owner/)
  await expect(ada.page.getByRole('region', { name: 'Reported' })).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the moderation page passes axe, ${colorScheme}`, async ({ browser, server }) => {
    const { owner, region } = await withReport(browser, server, { colorScheme, reducedMotion: 'reduce' })
    await owner.page.goto('/moderation')
    await region('Reported').getByRole('button', { name: 'More…' }).click()
    await owner.page.getByRole('dialog').getByRole('button', { name: '1 hour' }).click()
    await expect(region('Moderation log').getByRole('listitem')).toHaveCount(1)
    await expect(owner.page.getByText('Bo is muted.')).toBeVisible()
    await expectAccessible(owner.page)
  })
