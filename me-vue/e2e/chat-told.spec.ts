import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test, visitor, type Visitor } from './support/chat.ts'

/** Notifications are written down instead of shown, and the page believes that it is out of sight when told so. */
async function listen(page: Page, permission = 'granted'): Promise<void> {
  await page.addInitScript((answer) => {
    const told = { shown: [] as string[], tones: 0, badge: 0, hidden: false }
    Object.assign(window, { told })
    class Heard {
      static permission = 'default'
      static requestPermission = () => Promise.resolve((Heard.permission = answer))
      close = () => {}
      constructor(title: string, { body }: { body: string }) {
        told.shown.push(`${title}: ${body}`)
      }
    }
    Object.assign(window, { Notification: Heard })
    Object.defineProperty(document, 'hidden', { get: () => told.hidden })
    Object.defineProperty(document, 'visibilityState', { get: () => (told.hidden ? 'hidden' : 'visible') })
    Object.assign(navigator, { setAppBadge: (count: number) => Promise.resolve((told.badge = count)) })
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...when) {
      told.tones++
      start.apply(this, when)
    }
  }, permission)
  await page.reload()
}

type Told = { shown: string[]; tones: number; badge: number; hidden: boolean }
const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told }).told)
const lookAway = (page: Page, away: boolean) =>
  page.evaluate((hidden) => {
    ;(window as unknown as { told: Told }).told.hidden = hidden
    document.dispatchEvent(new Event('visibilitychange'))
  }, away)

test('the tab’s title and the app’s badge count messages while the tab is hidden', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await listen(ada.page)
  await ada.comeIn('Ada')
  await bo.comeIn('Bo')
  await lookAway(ada.page, true)
  for (const words of ['one', 'two', 'three']) await bo.say(words)
  await expect(ada.page).toHaveTitle(/^\(3\) Lobby/)
  expect((await told(ada.page)).badge).toBe(3)
  await lookAway(ada.page, false)
  await expect(ada.page).toHaveTitle(/^Lobby/)
  expect((await told(ada.page)).badge).toBe(0)
})

test('the Chat tab shows the number of new messages on other pages of the site', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.live()
  await bo.comeIn('Bo')
  await bo.say('before')
  await expect(ada.message('before')).toBeVisible()
  await ada.page.getByRole('link', { name: 'Reports' }).click()
  await bo.say('over here')
  await bo.say('still here')
  const tab = ada.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Chat/ })
  await expect(tab).toHaveAccessibleName(/2 new/)
  await expect(ada.page).toHaveTitle(/^\(2\) Weekly reports/)
  await tab.click()
  await expect(ada.message('still here')).toBeVisible()
  await expect(tab).not.toHaveAccessibleName(/new/)
})

test('sound and notifications are off until the user turns them on, and the choice is remembered', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await listen(ada.page)
  await ada.comeIn('Ada')
  await bo.comeIn('Bo')
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
  const before = (await told(ada.page)).tones
  await lookAway(ada.page, true)
  await bo.say('to nobody in particular')
  await bo.say('**hej** @ada :wave:')
  await expect.poll(async () => (await told(ada.page)).shown).toEqual(['Bo · Lobby: hej @ada 👋'])
  expect((await told(ada.page)).tones).toBeGreaterThan(before)
  await ada.page.reload()
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  await expect(sound).toBeChecked()
})

test('a mention is marked, visibly and in text, only for the person mentioned', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  const bo = await visitor(browser, house)
  await ada.comeIn('Åsa Öst')
  await bo.comeIn('Bo')
  await bo.say('hej @asa ost')
  await bo.say('to @Asa alone')
  const spokenTo = (who: Visitor, text: string) =>
    who.message(text).getByText('mentions you', { exact: true })
  await expect(spokenTo(ada, 'hej @asa ost')).toBeAttached()
  await expect(ada.message('hej @asa ost')).toHaveCSS('border-inline-end-width', '3px')
  await expect(ada.message('to @Asa alone')).toHaveCSS('border-inline-end-width', '0px')
  await expect(spokenTo(ada, 'to @Asa alone')).toHaveCount(0)
  await expect(spokenTo(bo, 'hej @asa ost')).toHaveCount(0)
})

test('the setting for notifications stays off and explains when the browser blocks them', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  await listen(ada.page, 'denied')
  await ada.page.getByRole('button', { name: 'Settings' }).click()
  const notification = ada.page.getByRole('checkbox', { name: 'Notify me' })
  await notification.click()
  await expect(ada.page.getByText('Notifications are blocked for this site')).toBeVisible()
  await expect(notification).not.toBeChecked()
})

test('the connection status opens a panel with transport and round trip, which can reconnect', async ({
  browser,
  house,
}) => {
  const ada = await visitor(browser, house)
  await ada.comeIn('Ada')
  await ada.say('hello')
  await ada.page.getByRole('button', { name: 'Live' }).press('Enter')
  const panel = ada.page.getByRole('dialog', { name: 'Connection' })
  await expect(panel).toContainText(/Transport\s*WebSocket/)
  await expect(panel).toContainText(/Round trip\s*\d+ ms/)
  await expect(panel).toContainText(/Changes received in this room\s*1/)
  await panel.getByRole('button', { name: 'Reconnect' }).click()
  await expect(panel).toContainText(/Reconnects\s*1/)
  await house.kill()
  await expect(panel).toContainText('It comes back by itself')
  await house.start()
  await expect(panel).toContainText(/Transport/)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the settings and the connection panel pass axe, ${colorScheme}`, async ({ browser, house }) => {
    const ada = await visitor(browser, house, { colorScheme, reducedMotion: 'reduce' })
    for (const name of ['Settings', 'Live']) {
      await ada.page.getByRole('button', { name }).click()
      await expect(ada.page.getByRole('dialog').last()).toBeVisible()
      expect((await new AxeBuilder({ page: ada.page }).analyze()).violations).toEqual([])
      await ada.page.keyboard.press('Escape')
    }
  })
