import type { Browser, Page } from '@playwright/test'
import { signIn } from '../tour/support/chat-client.ts'
import { NOW, expect, type TestServer, test as base } from '../tour/support/tour.ts'
import { chatOn } from './support/chat.ts'
import { launchOptions } from './support/chromium.ts'
import { hydrated } from './support/hydrated.ts'
import { createOwnerApi } from './support/owner-api.ts'
import { highlighted, selectWords } from './support/passages.ts'
import { type Outside, fakeSubscriptions, outsideOf } from './support/push-browser.ts'
import { type PushService, startPushService } from './support/push-service.ts'

const REPORT = '/reports/week/5'
const TITLE = 'What a database promises, and when'
const PASSAGE = 'That is one sync, and a sync is slow'
/** The same a week later. */
const EDITED = 'That is one sync, and each sync is slow, five milliseconds on this machine'
const QUESTION = 'How slow is it on a small server like yours?'
const ANSWER = 'Five milliseconds. I will write it there, thank you.'
const WEEK = 7 * 24 * 60 * 60_000

const test = base.extend<{ pushService: PushService }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright asks for it.
  pushService: async ({}, use, info) => {
    const began = Date.now()
    const service = await startPushService(info.outputPath(), () => NOW + Date.now() - began)
    await use(service)
    service.close()
    expect(service.faults).toEqual([])
  },
  settings: ({ pushService }, use) => use(pushService.settings),
})
test.use({ serviceWorkers: 'allow', launchOptions: launchOptions() })

/** A phone whose browser has no page of the site open yet. */
async function newPhone(browser: Browser, server: TestServer, service: PushService) {
  const context = await browser.newContext({
    ...{ baseURL: server.url, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
    ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  })
  /** Stays when every page of the site is closed. */
  const home = await context.newPage()
  const { subscription, deliverTo } = service.subscribe()
  await fakeSubscriptions(context, subscription)
  await context.clock.setFixedTime(NOW)

  return {
    context,

    async open(path: string): Promise<Page> {
      const page = await context.newPage()
      page.on('pageerror', (error) => expect(error, 'an error in the page').toBeUndefined())
      await page.goto(path)
      await hydrated(page)
      return page
    },

    /** From now on it shows what the push service gets for it. */
    async connect(page: Page): Promise<Outside> {
      await expect
        .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
        .toBe('activated')
      const outside = await outsideOf(home)
      deliverTo(outside.deliver)
      return outside
    },
  }
}

const panelOf = (page: Page) => page.getByRole('dialog', { name: /^About this/ })
const marksOf = (page: Page) =>
  page.getByRole('list', { name: 'Passages that were talked about' }).getByRole('button')

async function peopleThere(server: TestServer): Promise<string[]> {
  const answer = await fetch(`${server.url}/api/chat/presence`)
  const { data } = (await answer.json()) as { data: { people: { nick: string }[] } }
  return data.people.map(({ nick }) => nick)
}

async function messages(server: TestServer) {
  const answer = await fetch(`${server.url}/api/chat/rooms/lobby/messages`)
  const { data } = (await answer.json()) as {
    data: { messages: { id: string; text: string; author: { role: string }; replyTo?: string }[] }
  }
  return data.messages
}

test('a stranger asks about a paragraph and is answered, both away; a week later both find it there', async ({
  browser,
  server,
  pushService,
  photo,
}) => {
  // Two browsers, a server that starts twice, and pushes that wait for their second.
  test.slow()
  const ownersPhone = await newPhone(browser, server, pushService)
  const strangersPhone = await newPhone(browser, server, pushService)

  const owners = await test.step('the owner asks to be told, and closes the site', async () => {
    await signIn(ownersPhone.context, server)
    const page = await ownersPhone.open('/account')
    const outside = await ownersPhone.connect(page)
    await page.getByLabel('Tell me on this device, also when the site is closed').click()
    await expect(page.getByRole('button', { name: 'Send a test' })).toBeVisible()
    await page.close()
    await expect.poll(() => peopleThere(server)).toEqual([])
    return outside
  })

  const strangers = await test.step('a stranger asks about words of a report', async () => {
    const page = await strangersPhone.open(REPORT)
    const outside = await strangersPhone.connect(page)
    await page.getByText(PASSAGE).scrollIntoViewIfNeeded()
    await selectWords(page, PASSAGE)
    const ask = page.getByRole('button', { name: 'Ask about this passage' })
    await expect(ask).toBeInViewport()
    await photo(page, 'story-passage')
    await ask.tap()
    const field = panelOf(page).getByRole('textbox')
    await expect(field).toHaveAccessibleName(/nick/)
    await field.fill('quiet-fox')
    await field.press('Enter')
    await expect(field).toHaveAccessibleName('Message')
    await field.fill(QUESTION)
    await panelOf(page).getByRole('button', { name: 'Send', exact: true }).tap()
    const question = panelOf(page).getByRole('article').filter({ hasText: QUESTION })
    await expect(question).toBeVisible()
    await expect(question.getByText('sending…')).toHaveCount(0)
    const offer = panelOf(page).getByRole('button', { name: 'Tell me when Your Name answers' })
    await expect(offer).toBeVisible()
    await photo(page, 'story-question')
    await offer.tap()
    await expect(panelOf(page).getByText('You will be told.')).toBeVisible()
    await page.close()
    await expect.poll(() => peopleThere(server)).toEqual([])
    return outside
  })

  await test.step('the owner’s phone tells', async () => {
    await expect
      .poll(owners.shown, { timeout: 30_000 })
      .toEqual([{ title: `quiet-fox about “${TITLE}”`, body: QUESTION, tag: 'lobby' }])
  })

  await test.step('the owner answers from the notification', async () => {
    await owners.press({ action: 'answer', reply: ANSWER })
    await expect
      .poll(async () => (await messages(server)).map(({ text }) => text))
      .toEqual([QUESTION, ANSWER])
    const [question, answer] = await messages(server)
    expect(answer).toMatchObject({ author: { role: 'owner' }, replyTo: question?.id })
    expect(await owners.shown()).toEqual([])
    expect(ownersPhone.context.pages()).toHaveLength(1)
  })

  await test.step('the stranger’s phone tells, and leads to the answer', async () => {
    await expect
      .poll(strangers.shown, { timeout: 30_000 })
      .toEqual([{ title: 'Your Name answered you', body: ANSWER, tag: 'lobby' }])
    const page = await strangers.pressToOpen()
    await expect(page).toHaveURL(/\/chat\/lobby\/2$/)
    await expect(chatOn(page).message(ANSWER)).toBeInViewport()
    await expect(
      chatOn(page)
        .message(QUESTION)
        .getByRole('link', { name: `${TITLE} ${PASSAGE}` }),
    ).toBeVisible()
    await expect(page.getByRole('toolbar')).toHaveCount(0)
    await photo(page, 'story-answer')
    await page.close()
  })

  await test.step('a week later the report says more', async () => {
    await server.kill()
    await server.start({ TOUR_NOW: String(NOW + WEEK), TOUR_SALT: 'a week later' })
    const { text } = (await (await fetch(`${server.url}/api${REPORT}`)).json()).data
    const changed = text.replace(PASSAGE, EDITED)
    expect(changed).not.toBe(text)
    const answer = await (await createOwnerApi(server)).changeReport(5, { title: TITLE, text: changed })
    expect(answer.status).toBe(200)
  })

  for (const [who, phone] of [
    ['stranger', strangersPhone],
    ['owner', ownersPhone],
  ] as const)
    await test.step(`the ${who} finds it beside the paragraph`, async () => {
      await phone.context.clock.setFixedTime(NOW + WEEK)
      const page = await phone.open(REPORT)
      const mark = marksOf(page)
      await expect(mark).toHaveAccessibleName(`2 messages about “${PASSAGE}”`)
      expect(await highlighted(page, 'talked-about')).toEqual([EDITED])
      await mark.scrollIntoViewIfNeeded()
      const paragraph = (await page.getByRole('paragraph').filter({ hasText: EDITED }).boundingBox())!
      const beside = (await mark.boundingBox())!
      expect(beside.y + beside.height / 2).toBeGreaterThan(paragraph.y)
      expect(beside.y).toBeLessThan(paragraph.y + paragraph.height)
      if (who === 'stranger') await photo(page, 'story-mark')
      await mark.tap()
      await expect(panelOf(page).getByText(QUESTION).first()).toBeVisible()
      await expect(panelOf(page).getByRole('article').filter({ hasText: ANSWER })).toBeVisible()
      if (who === 'owner') await photo(page, 'story-talk')
    })
})
