import { createECDH, randomBytes } from 'node:crypto'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { expect, openTab, test } from './support/chat.ts'
import { launchOptions } from './support/chromium.ts'
import { createOwnerApi } from './support/owner-api.ts'
import { fakeSubscriptions, outsideOf } from './support/push-browser.ts'
import { signIn } from './support/test.ts'
import type { TestServer } from './support/test-server.ts'

test.use({ serviceWorkers: 'allow', launchOptions: launchOptions() })

/** No push service is reached: the page is given a subscription, and the pushes come over the DevTools protocol. */
async function madeUpSubscriptions(context: BrowserContext): Promise<void> {
  const p256dh = createECDH('prime256v1').generateKeys('base64url')
  await fakeSubscriptions(context, {
    endpoint: `https://push.example.org/${randomBytes(8).toString('hex')}`,
    keys: { p256dh, auth: randomBytes(16).toString('base64url') },
  })
}

/** A tab in the chat whose service worker runs, and what delivers pushes to it. */
async function openWithWorker(browser: Browser, server: TestServer) {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB' })
  await madeUpSubscriptions(context)
  const tab = await openTab(context)
  const { page } = tab
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  return { ...tab, ...(await outsideOf(page)) }
}

const payload = (
  page: Page,
  { id, seq, title = 'Bo answered you' }: { id: string; seq: number; title?: string },
) =>
  JSON.stringify({
    web_push: 8030,
    notification: {
      ...{ title, body: 'an answer', lang: 'en', dir: 'auto', tag: 'lobby', timestamp: 1, renotify: true },
      navigate: `${new URL(page.url()).origin}/chat/lobby/${seq}`,
      data: { room: 'lobby', id, answer: 'Answer', send: 'Your answer', failed: 'Not sent.' },
    },
  })

async function lastMessage(page: Page) {
  const answer = await page.request.get('/api/chat/rooms/lobby/messages?limit=1')
  const { data } = (await answer.json()) as {
    data: { messages: { id: string; seq: number; text: string; replyTo?: string }[] }
  }
  return data.messages[0]!
}

test('after the first message one is asked whether to be told, and only a click asks the browser', async ({
  browser,
  server,
}) => {
  await createOwnerApi(server)
  const tab = await openWithWorker(browser, server)
  const { page } = tab
  const permission = () =>
    page.evaluate(() => (window as unknown as { asked: { permission: number } }).asked.permission)
  const offer = page.getByRole('button', { name: /^Tell me when .+ answers$/ })
  await tab.chooseNick('Ada')
  await expect(offer).toBeHidden()
  await tab.send('hello')
  await expect(offer).toBeVisible()
  expect(await permission()).toBe(0)
  const sent = page.waitForResponse('**/api/me/push')
  await offer.click()
  expect((await sent).status()).toBe(201)
  await expect(page.getByText('You will be told.')).toBeVisible()
  expect(await permission()).toBe(1)
  await page.reload()
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByLabel('Tell me on this device, also when the site is closed')).toBeChecked()
  await expect(offer).toBeHidden()
})

test('a push is shown, replaced by the next of its conversation, and opens the very message', async ({
  browser,
  server,
}) => {
  const { page, deliver, shown, press, ...tab } = await openWithWorker(browser, server)
  await tab.chooseNick('Ada')
  await tab.send('one')
  await expect(tab.message('one')).toBeVisible()
  const message = await lastMessage(page)
  await deliver(payload(page, { ...message, title: 'the first' }))
  await expect.poll(() => shown()).toEqual([expect.objectContaining({ title: 'the first' })])
  await deliver(payload(page, message))
  await expect.poll(() => shown()).toEqual([{ title: 'Bo answered you', body: 'an answer', tag: 'lobby' }])
  await page.evaluate(() => Object.assign(window, { isSame: true }))
  await press()
  await expect(page).toHaveURL(/\/chat\/lobby\/1$/)
  expect(await page.evaluate(() => 'isSame' in window)).toBe(true)
})

test('an answer typed into the notification is sent, and without a text the composer opens for it', async ({
  browser,
  server,
}) => {
  const { page, deliver, shown, press, ...tab } = await openWithWorker(browser, server)
  await tab.chooseNick('Ada')
  await tab.send('a question')
  await page.getByRole('button', { name: /^Tell me when/ }).click()
  await expect(page.getByText('You will be told.')).toBeVisible()
  const message = await lastMessage(page)
  await deliver(payload(page, message))
  await expect.poll(() => shown()).toHaveLength(1)
  await press({ action: 'answer', reply: 'typed outside' })
  await expect(tab.message('typed outside')).toBeVisible()
  expect(await lastMessage(page)).toMatchObject({ text: 'typed outside', replyTo: message.id })
  await deliver(payload(page, message))
  await expect.poll(() => shown()).toHaveLength(1)
  await press({ action: 'answer' })
  await expect(page.getByText('Replying to Ada')).toBeVisible()
  await expect(tab.field).toBeFocused()
  await expect(page).not.toHaveURL(/answer=/)
})

test('a push that cannot be read shows something too', async ({ browser, server }) => {
  const { deliver, shown } = await openWithWorker(browser, server)
  await deliver('not JSON')
  await expect.poll(() => shown()).toEqual([expect.objectContaining({ tag: 'me.push' })])
})

test('the owner turns it on at the account page, sends a test, and turns it off', async ({
  browser,
  server,
}) => {
  const { page } = await openWithWorker(browser, server)
  await createOwnerApi(server)
  await signIn(page)
  await page.goto('/account')
  const box = page.getByLabel('Tell me on this device, also when the site is closed')
  await box.click()
  await expect(box).toBeChecked()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(page.getByText('A test is on its way.')).toBeVisible()
  const removed = page.waitForResponse('**/api/me/push')
  await box.click()
  expect((await removed).status()).toBe(204)
  await expect(page.getByRole('button', { name: 'Send a test' })).toBeHidden()
})
