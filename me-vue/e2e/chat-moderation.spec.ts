import { expectAccessible } from './support/axe.ts'
import { adaAndBo, expect, openAsOwner, test, visitor, type Visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'
import type { Browser } from '@playwright/test'

/** Ada and Bo are in the chat, and Bo has written something that Ada may report. */
async function withRudeMessage(browser: Browser, server: TestServer) {
  const people = await adaAndBo(browser, server)
  await people.bo.send('something rude')
  await expect(people.ada.message('something rude')).toBeVisible()
  return people
}

/** Opens the dialog with the moderation actions for a message, with the mouse. */
async function openActions({ pressAction, page }: Visitor, text: string) {
  await pressAction(text, 'More')
  return page.getByRole('dialog')
}

test('a visitor reports a message and sees a confirmation', async ({ browser, server }) => {
  const { ada } = await withRudeMessage(browser, server)
  const sheet = await openActions(ada, 'something rude')
  await expect(sheet).toHaveAccessibleName('Bo')
  await expect(sheet.getByRole('button', { name: /Ban|Mute|Delete/ })).toHaveCount(0)
  await sheet.getByRole('button', { name: 'Report this message' }).click()
  await expect(ada.page.getByText('Thank you. The owner will look at it.')).toBeVisible()
  await expect(sheet).toHaveCount(0)
})

test('an ignored person stays ignored after a reload, only for the visitor who ignored them, until shown again', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await withRudeMessage(browser, server)
  // With the keyboard: "." opens the focused message's toolbar, and the left arrow wraps around to its last button.
  await ada.message('something rude').focus()
  await ada.page.keyboard.press('.')
  await ada.page.keyboard.press('ArrowLeft')
  await ada.page.keyboard.press('Enter')
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Hide messages from Bo' }).click()
  await expect(ada.log.getByText('Hidden for you.')).toBeVisible()
  await ada.page.getByRole('button', { name: 'Undo' }).click()
  await ada.message('something rude').first().hover()
  await ada.page.getByRole('button', { name: 'Reply' }).click()
  await ada.send('be kind')
  await expect(ada.message('be kind')).toContainText('something rude')

  await ada.page.getByRole('button', { name: 'More about Bo' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Hide messages from Bo' }).click()
  await bo.send('and more of it')
  await expect(bo.message('and more of it')).toBeVisible()
  await ada.page.reload()
  await expect(ada.log.getByText('Hidden for you.')).toHaveCount(2)
  await expect(ada.message('and more of it')).toHaveCount(0)
  await expect(ada.message('be kind')).not.toContainText('something rude')
  await ada.page.keyboard.press('Control+k')
  const search = ada.page.getByRole('dialog')
  await search.getByRole('searchbox').fill('more')
  await expect(search.getByRole('status')).toContainText('No messages found')
  await ada.page.keyboard.press('Escape')
  await ada.page.getByRole('button', { name: 'Show messages from Bo' }).click()
  await expect(ada.message('and more of it')).toBeVisible()
})

test('a muted visitor sees until when, still reads, and writes again when the mute is lifted', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  const sheet = await openActions(owner, 'something rude')
  await sheet.getByRole('group', { name: 'Mute for' }).getByRole('button', { name: '1 hour' }).click()
  await expect(owner.page.getByText('Bo is muted.')).toBeVisible()
  await expect(bo.page.getByText('You are muted until')).toBeVisible()
  await expect(bo.page.getByRole('timer')).toHaveText(/^(1:00:00|\d\d:\d\d) left$/)
  await expect(bo.field).toHaveCount(0)
  await ada.send('it is calmer now')
  await expect(bo.message('it is calmer now')).toBeVisible()
  await bo.page.reload()
  await expect(bo.page.getByText('You are muted until')).toBeVisible()

  await openActions(owner, 'something rude')
  await expect(sheet.getByText(/^Muted until/)).toBeVisible()
  await sheet.getByRole('button', { name: 'Lift' }).click()
  await expect(bo.field).toHaveAccessibleName('Message')
  await bo.send('sorry')
  await expect(ada.message('sorry')).toBeVisible()
})

test('a muted or banned visitor sees the reason, also after a reload, and the moderation log keeps it', async ({
  browser,
  server,
}) => {
  const { bo } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  const moderate = async (group: string, reason: string) => {
    await owner.page.getByRole('button', { name: 'More about Bo' }).click()
    const sheet = owner.page.getByRole('dialog')
    await expect(sheet.getByLabel('Reason')).toHaveAccessibleDescription(/in your log/)
    await sheet.getByLabel('Reason').fill(reason)
    await sheet.getByRole('group', { name: group }).getByRole('button', { name: '24 hours' }).click()
  }
  await moderate('Mute for', 'too long '.repeat(23))
  const reason = owner.page.getByRole('dialog').getByLabel('Reason')
  await expect(reason).toBeFocused()
  await expect(reason).toHaveAccessibleDescription('At most 200 characters.')
  await owner.page.keyboard.press('Escape')
  await moderate('Mute for', ' Too loud, <b>Bo</b>. ')
  await expect(bo.page.getByText('You are muted until')).toContainText('Too loud, <b>Bo</b>.')
  await bo.page.reload()
  await expect(bo.page.getByText('You are muted until')).toContainText('Too loud, <b>Bo</b>.')
  await moderate('Ban for', 'Still too loud.')
  await expect(bo.page.getByText('You are banned until')).toContainText('Still too loud.')
  await bo.page.reload()
  await expect(bo.page.getByText('You are banned until')).toContainText('Still too loud.')
  await owner.page.goto('/moderation')
  const log = owner.page.getByRole('region', { name: 'Moderation log' }).getByRole('listitem')
  await expect(log).toContainText(['Still too loud.', 'Too loud, <b>Bo</b>.'])
})

test('the owner mutes and bans for up to a year, and the list of people shows who is muted or banned', async ({
  browser,
  server,
}) => {
  const { bo } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  const people = owner.page.getByRole('complementary')
  const rowOf = (nick: string) => people.getByRole('listitem').filter({ hasText: nick })
  const moderate = async (group: string, name: string) => {
    await people.getByRole('button', { name: 'More about Bo' }).click()
    const choices = owner.page.getByRole('group', { name: group }).getByRole('button')
    await expect(choices.getByText(/^1 /)).toContainText(['1 week', '1 month', '1 year'])
    await choices.filter({ hasText: name }).click()
  }
  await expect(rowOf('Bo')).not.toContainText('muted')
  await moderate('Mute for', '1 month')
  await expect(rowOf('Bo')).toContainText('muted')
  await expect(rowOf('Ada')).not.toContainText('muted')
  await moderate('Ban for', '1 year')
  await expect(bo.page.getByText(/^You are banned until \d+ \w+ \d{4}/)).toBeVisible()
  await expect(rowOf('Bo')).toContainText('banned')
  await expect(people.getByRole('heading', { name: 'Muted or banned' })).toBeVisible({ timeout: 30_000 })
  await people.getByRole('button', { name: 'More about Bo' }).click()
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click()
  await expect(bo.field).toHaveAccessibleName('Message')
  await expect(rowOf('Bo')).not.toContainText('banned')
  await bo.send('back again')
})

test('undoing a mute restores the earlier mute', async ({ browser, server }) => {
  const { bo } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  const { request } = owner.page
  const read = async (path: string) => (await (await request.get(`/api/chat/${path}`)).json()).data
  const mutedUntil = async () => Date.parse((await read('moderation')).people[0]?.mutedUntil ?? '1970-01-01')
  const { messages } = await read('rooms/lobby/messages')
  await request.post('/api/chat/moderation', {
    data: { id: messages[0].author.id, action: 'mute', minutes: 1_440, reason: 'Too loud.' },
  })
  const before = await mutedUntil()
  await openActions(owner, 'something rude')
  await owner.page.getByRole('dialog').getByRole('button', { name: '10 minutes' }).click()
  await expect(owner.page.getByText('Bo is muted.')).toBeVisible()
  expect(await mutedUntil()).toBeLessThan(before)
  await owner.page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(mutedUntil).toBeGreaterThanOrEqual(before)
  await expect(bo.page.getByText('You are muted until')).toContainText('Too loud.')
})

test('a banned visitor reads over a stable connection and returns as soon as the ban is lifted', async ({
  browser,
  server,
}) => {
  test.slow()
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await bo.send('something rude')
  const owner = await openAsOwner(browser, server)
  await owner.page.getByRole('button', { name: 'More about Bo' }).click()
  await owner.page.getByRole('group', { name: 'Ban for' }).getByRole('button', { name: '24 hours' }).click()
  await expect(owner.page.getByText('Bo is banned.')).toBeVisible()
  await expect(bo.page.getByText('You are banned until')).toBeVisible()
  await bo.expectLive()
  await expect(bo.field).toHaveCount(0)
  await owner.send('still here')
  await expect(bo.message('still here')).toBeVisible()

  // Nothing to press: the ban's end arrives by itself.
  await expect(bo.page.getByRole('contentinfo').getByRole('button')).toHaveCount(0)
  const sheet = await openActions(owner, 'something rude')
  await expect(sheet.getByText(/^Banned until/)).toBeVisible()
  await sheet.getByRole('button', { name: 'Lift' }).click()
  await expect(owner.page.getByText('Bo can write again.')).toBeVisible()
  await expect(bo.field).toHaveAccessibleName('Message')
  await bo.send('back again')
  await expect(owner.message('back again')).toBeVisible()
})

test('“Ban and delete all their messages” waits ten seconds and can be undone until then', async ({
  browser,
  server,
}) => {
  test.slow()
  const { ada, bo } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  await owner.page.clock.install()
  await owner.page.reload()
  const sheet = await openActions(owner, 'something rude')
  await sheet.getByRole('button', { name: 'Ban and delete all their messages' }).click()
  const undo = owner.page.getByRole('button', { name: 'Undo' })
  await expect(undo).toBeVisible()
  const lifted = owner.page.waitForResponse('**/api/chat/moderation')
  await undo.click()
  await lifted
  await owner.page.clock.fastForward(15_000)
  await bo.page.reload()
  await expect(bo.field).toHaveAccessibleName('Message')
  await expect(ada.message('something rude')).toBeVisible()

  await openActions(owner, 'something rude')
  await sheet.getByRole('button', { name: 'Ban and delete all their messages' }).click()
  await expect(owner.page.getByText('all their messages will be deleted')).toBeVisible()
  await owner.page.clock.fastForward(10_000)
  await expect(owner.page.getByText('All messages from Bo are deleted.')).toBeVisible()
  await expect(ada.message('something rude')).toHaveCount(0)
})

test('messages that wait for deletion are deleted also when the owner leaves the chat first', async ({
  browser,
  server,
}) => {
  const { ada } = await withRudeMessage(browser, server)
  const owner = await openAsOwner(browser, server)
  const sheet = await openActions(owner, 'something rude')
  await sheet.getByRole('button', { name: 'Ban and delete all their messages' }).click()
  await expect(owner.page.getByText('all their messages will be deleted')).toBeVisible()
  await owner.page.goto('/reports')
  await expect(ada.message('something rude')).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the moderation dialog and the mute notice pass axe, ${colorScheme}`, async ({ browser, server }) => {
    const { bo } = await withRudeMessage(browser, server)
    const owner = await openAsOwner(browser, server, { colorScheme, reducedMotion: 'reduce' })
    await openActions(owner, 'something rude')
    await expectAccessible(owner.page)
    await owner.page.getByRole('button', { name: '10 minutes' }).click()
    await expect(owner.page.getByText('Bo is muted.')).toBeVisible()
    await expectAccessible(owner.page)
    await bo.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(bo.page.getByRole('timer')).toBeVisible()
    await expectAccessible(bo.page)
  })
