import type { Browser, Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { adaAndBo, expect, test, visitor, type Visitor } from './support/chat.ts'
import type { TestServer } from './support/test-server.ts'

/** Records notifications, tones and the badge instead of showing them, and lets `setHidden` hide the page. */
async function recordNotifications(page: Page, permission = 'granted'): Promise<void> {
  await page.addInitScript((answer) => {
    const recorded = { shown: [] as string[], tones: 0, badge: 0, hidden: false }
    Object.assign(window, { recorded })
    class FakeNotification {
      static permission = 'default'
      static requestPermission = () => Promise.resolve((FakeNotification.permission = answer))
      close = () => {}
      constructor(title: string, { body }: { body: string }) {
        recorded.shown.push(`${title}: ${body}`)
      }
    }
    Object.assign(window, { Notification: FakeNotification })
    Object.defineProperty(document, 'hidden', { get: () => recorded.hidden })
    Object.defineProperty(document, 'visibilityState', {
      get: () => (recorded.hidden ? 'hidden' : 'visible'),
    })
    Object.assign(navigator, { setAppBadge: (count: number) => Promise.resolve((recorded.badge = count)) })
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...when) {
      recorded.tones++
      start.apply(this, when)
    }
  }, permission)
  await page.reload()
}

type Recorded = { shown: string[]; tones: number; badge: number; hidden: boolean }
const recorded = (page: Page) => page.evaluate(() => (window as unknown as { recorded: Recorded }).recorded)
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate((hidden) => {
    ;(window as unknown as { recorded: Recorded }).recorded.hidden = hidden
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)

/** Ada and Bo are in the chat, and what notifies Ada is recorded. */
async function recordedAdaAndBo(browser: Browser, server: TestServer) {
  const { ada, bo } = await adaAndBo(browser, server)
  await recordNotifications(ada.page)
  await ada.expectLive()
  return { ada, bo }
}

test('the tab’s title and the app’s badge count messages while the tab is hidden', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await recordedAdaAndBo(browser, server)
  await setHidden(ada.page, true)
  for (const words of ['one', 'two', 'three']) await bo.send(words)
  await expect(ada.page).toHaveTitle(/^\(3\) Lobby/)
  expect((await recorded(ada.page)).badge).toBe(3)
  await setHidden(ada.page, false)
  await expect(ada.page).toHaveTitle(/^Lobby/)
  expect((await recorded(ada.page)).badge).toBe(0)
})

test('the Chat tab shows the number of new messages on other pages of the site', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const bo = await visitor(browser, server)
  await ada.expectLive()
  await bo.chooseNick('Bo')
  await bo.send('before')
  await expect(ada.message('before')).toBeVisible()
  await ada.page.getByRole('link', { name: 'Reports' }).click()
  await bo.send('over here')
  await bo.send('still here')
  const tab = ada.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Chat/ })
  await expect(tab).toHaveAccessibleName(/2 new/)
  await expect(ada.page).toHaveTitle(/^\(2\) Weekly reports/)
  await tab.click()
  await expect(ada.message('still here')).toBeVisible()
  await expect(tab).not.toHaveAccessibleName(/new/)
})

test('sound and notifications are off until the user turns them on, and the choice is remembered', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await recordedAdaAndBo(browser, server)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const sound = ada.page.getByRole('checkbox', { name: /sound/ })
  const notification = ada.page.getByRole('checkbox', { name: 'Notify me' })
  await expect(sound).not.toBeChecked()
  await expect(notification).not.toBeChecked()
  await sound.click()
  await notification.click()
  await expect(sound).toBeChecked()
  await expect(notification).toBeChecked()
  await ada.page.keyboard.press('Escape')
  await expect(ada.page.getByRole('button', { name: 'Settings' })).toBeFocused()
  const before = (await recorded(ada.page)).tones
  await setHidden(ada.page, true)
  await bo.send('to nobody in particular')
  await bo.send('**hej** @ada :wave:')
  await expect.poll(async () => (await recorded(ada.page)).shown).toEqual(['Bo · Lobby: hej @ada 👋'])
  expect((await recorded(ada.page)).tones).toBeGreaterThan(before)
  await ada.page.reload()
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await expect(sound).toBeChecked()
})

test('a mention is marked, visibly and in text, only for the person mentioned', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Åsa Öst' })
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await bo.send('hej @asa ost')
  await bo.send('to @Asa alone')
  const mentionMark = (person: Visitor, text: string) =>
    person.message(text).getByText('mentions you', { exact: true })
  await expect(mentionMark(ada, 'hej @asa ost')).toBeAttached()
  await expect(ada.message('hej @asa ost')).toHaveCSS('border-inline-end-width', '3px')
  await expect(ada.message('to @Asa alone')).toHaveCSS('border-inline-end-width', '0px')
  await expect(mentionMark(ada, 'to @Asa alone')).toHaveCount(0)
  await expect(mentionMark(bo, 'hej @asa ost')).toHaveCount(0)
})

for (const [pointer, options] of Object.entries({ mouse: {}, touch: { hasTouch: true, isMobile: true } }))
  test(`the text of a mention ends where any other does (${pointer})`, async ({ browser, server }) => {
    const ada = await visitor(browser, server, {
      nick: 'Ada',
      viewport: { width: 390, height: 700 },
      ...options,
    })
    const bo = await visitor(browser, server, { nick: 'Bo' })
    for (const text of ['hej @ada', 'hej all']) await bo.send(text)
    await expect(ada.message('hej all')).toBeVisible()
    await expect(ada.page.locator('[data-mention]')).toHaveCount(1)
    const endOf = (text: string) =>
      ada
        .message(text)
        .locator('.text')
        .evaluate((element) => element.getBoundingClientRect().right)
    expect(await endOf('hej @ada')).toBe(await endOf('hej all'))
  })

test('a mention in code or in a link marks no message, and a longer nick is another person’s', async ({
  browser,
  server,
}) => {
  const bob = await visitor(browser, server, { nick: 'bob' })
  const smith = await visitor(browser, server, { nick: 'bob smith' })
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const others = ['`@bob`', 'see https://medium.com/@bob/post', '@bob.com', '@bob smith, hi', '```\n@bob']
  for (const text of others) await ada.send(text)
  await ada.send('*@bob*, hi')
  await expect(bob.messages).toHaveCount(others.length + 1)
  await expect(bob.page.locator('[data-mention]')).toHaveText([/@bob, hi/])
  await expect(smith.page.locator('[data-mention]')).toHaveText([/@bob smith, hi/])
})

test('a notification is cut between two characters', async ({ browser, server }) => {
  const { ada, bo } = await recordedAdaAndBo(browser, server)
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await ada.page.getByRole('checkbox', { name: 'Notify me' }).click()
  await setHidden(ada.page, true)
  await bo.send(`@Ada ${'🦊'.repeat(300)}`)
  await expect
    .poll(async () => (await recorded(ada.page)).shown)
    .toEqual([`Bo · Lobby: @Ada ${'🦊'.repeat(97)}`])
})

test('the setting for notifications stays off and explains when the browser blocks them', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  await recordNotifications(ada.page, 'denied')
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const notification = ada.page.getByRole('checkbox', { name: 'Notify me' })
  await notification.click()
  await expect(ada.page.getByText('Notifications are blocked for this site')).toBeVisible()
  await expect(notification).not.toBeChecked()
})

test('the connection status opens a panel with transport and round trip, which can reconnect', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.send('hello')
  await ada.page.getByRole('button', { name: 'Live, show connection' }).press('Enter')
  const panel = ada.page.getByRole('dialog', { name: 'Connection' })
  await expect(panel).toContainText(/Transport\s*WebSocket/)
  await expect(panel).toContainText(/Round trip\s*\d+ ms/)
  await expect(panel).toContainText(/Change number of this room\s*1/)
  await panel.getByRole('button', { name: 'Reconnect' }).click()
  await expect(panel).toContainText(/Reconnects\s*1/)
  await server.kill()
  await expect(panel).toContainText('It comes back by itself')
  await server.start()
  await expect(panel).toContainText(/Transport/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the settings and the connection panel pass axe, ${colorScheme}`, async ({ browser, server }) => {
    const ada = await visitor(browser, server, { colorScheme, reducedMotion: 'reduce' })
    for (const name of ['Settings', 'Live']) {
      await ada.page.getByRole('button', { name }).click()
      await expect(ada.page.getByRole('dialog').last()).toBeVisible()
      await expectAccessible(ada.page)
      await ada.page.keyboard.press('Escape')
    }
  })
