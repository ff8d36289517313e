import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { expect, openAsOwner, test } from './support/chat.ts'
import { hydrated } from './support/hydrated.ts'
import { createOwnerApi } from './support/owner-api.ts'
import { highlighted, selectWords } from './support/passages.ts'
import type { TestServer } from './support/test-server.ts'
import { reportViolations } from './support/violations.ts'

const path = '/reports/week/4'
const text = [
  'Why the log is the truth, and Redis only wakes those who sleep.',
  'A second paragraph about **nothing** in particular.',
  '```js\nconst { url } = await startApp({ port: 0 })\n```',
  'The end of it all, with a few words more.',
].join('\n\n')

async function withReport(server: TestServer, body = text) {
  const owner = await createOwnerApi(server)
  await owner.publish(4, 'The log', body)
  return owner
}

/** Opens a page as somebody new. */
async function read(browser: Browser, server: TestServer, options: BrowserContextOptions = {}, at = path) {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', ...options })
  await reportViolations(context)
  const page = await context.newPage()
  page.on('pageerror', (error) => expect(error, 'an error in the page').toBeUndefined())
  page.on('console', (message) =>
    expect(message.text()).not.toMatch(/Content Security Policy|Vue warn|Hydration/),
  )
  await page.goto(at)
  await hydrated(page)
  return page
}

const panelOf = (page: Page) => page.getByRole('dialog', { name: /^About this/ })
const marksOf = (page: Page) =>
  page.getByRole('list', { name: 'Passages that were talked about' }).getByRole('button')
const askButton = (page: Page) => page.getByRole('button', { name: 'Ask Your Name about this' })
const askPassage = (page: Page) => page.getByRole('button', { name: 'Ask about this passage' })

async function askAs(page: Page, nick: string, question: string): Promise<void> {
  const field = panelOf(page).getByRole('textbox')
  await expect(field).toHaveAccessibleName(/nick/)
  await field.fill(nick)
  await field.press('Enter')
  await expect(field).toHaveAccessibleName('Message')
  await field.fill(question)
  await field.press('Enter')
  await expect(panelOf(page).getByRole('article').filter({ hasText: question })).toBeVisible()
}

/** Says something about the report over REST. */
async function say(
  server: TestServer,
  words: string,
  exact?: string,
  prefix = '',
  suffix = '',
): Promise<void> {
  const post = async (path: string, body: object, token = '') => {
    const answer = await fetch(`${server.url}/api/chat/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(201)
    return ((await answer.json()) as { data: { token: string } }).data
  }
  const { token } = await post('visitors', { nick: `guest-${words.length}` })
  await post(
    'rooms/lobby/messages',
    { text: words, about: { path, ...(exact && { quote: { exact, prefix, suffix } }) } },
    token,
  )
}

test('a stranger asks about a paragraph, and the owner’s answer comes to the page', async ({
  browser,
  server,
}) => {
  await withReport(server)
  const page = await read(browser, server)
  await selectWords(page, 'the log is the truth')
  await askPassage(page).click()
  await expect(panelOf(page).getByText('the log is the truth')).toBeVisible()
  await askAs(page, 'Ada', 'Why not Kafka?')
  await expect(marksOf(page)).toHaveAccessibleName('1 message about “the log is the truth”')

  const owner = await openAsOwner(browser, server)
  const question = owner.message('Why not Kafka?')
  const card = question.getByRole('link', { name: 'The log the log is the truth' })
  await expect(card).toBeVisible()
  await owner.pressAction('Why not Kafka?', 'Reply')
  await owner.send('Because it never sleeps.')

  await expect(
    panelOf(page).getByRole('article').filter({ hasText: 'Because it never sleeps.' }),
  ).toBeVisible()
  await expect(marksOf(page)).toHaveAccessibleName('2 messages about “the log is the truth”')
  await card.click()
  await expect(owner.page).toHaveURL(new RegExp(`${path}\\?about=`))
  await expect(marksOf(owner.page)).toBeFocused()
  expect(await highlighted(owner.page, 'talked-about')).toEqual(['the log is the truth'])
})

test('the owner answers in the page itself', async ({ browser, server }) => {
  await withReport(server)
  await say(server, 'Why not Kafka?', 'the log is the truth')
  const owner = await openAsOwner(browser, server)
  await owner.page.goto(path)
  await marksOf(owner.page).click()
  const question = panelOf(owner.page).getByRole('article').filter({ hasText: 'Why not Kafka?' })
  await question.hover()
  await question.getByRole('button', { name: 'Reply', exact: true }).click()
  const field = panelOf(owner.page).getByRole('textbox', { name: 'Message' })
  await expect(field).toBeFocused()
  await field.fill('Because it never sleeps.')
  await field.press('Enter')
  await expect(marksOf(owner.page)).toHaveAccessibleName('2 messages about “the log is the truth”')
  const { data } = (await (await fetch(`${server.url}/api/chat/about?path=${path}`)).json()) as {
    data: { messages: { text: string; replyTo?: string; about?: object }[] }
  }
  expect(data.messages.map(({ text, replyTo, about }) => [text, Boolean(replyTo), Boolean(about)])).toEqual([
    ['Because it never sleeps.', true, false],
    ['Why not Kafka?', false, true],
  ])
})

test('by keyboard alone: the button, the panel, Escape, and the focus returns', async ({
  browser,
  server,
}) => {
  await withReport(server)
  const page = await read(browser, server)
  await selectWords(page, 'A second paragraph')
  await expect(askPassage(page)).toBeVisible()
  await page.locator('.prose').evaluate((prose) => {
    const last = document.createElement('a')
    last.href = '#'
    prose.before(last)
    last.focus()
    last.remove()
  })
  const isThere = () => askPassage(page).evaluate((button) => button === document.activeElement)
  for (let presses = 0; presses < 20 && !(await isThere()); presses++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(panelOf(page).getByRole('textbox')).toBeFocused()
  await page.keyboard.type('Ada')
  await page.keyboard.press('Enter')
  await expect(panelOf(page).getByRole('textbox', { name: 'Message' })).toBeFocused()
  await page.keyboard.type('Which one?')
  await page.keyboard.press('Enter')
  await expect(marksOf(page)).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(panelOf(page)).toHaveCount(0)
  await expect(page.locator('.about button:focus')).toHaveCount(1)
  await marksOf(page).focus()
  await page.keyboard.press('Enter')
  await expect(panelOf(page).getByText('Which one?')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(marksOf(page)).toBeFocused()
})

test('the button asks about the page as a whole, or about what is selected', async ({ browser, server }) => {
  await withReport(server)
  const page = await read(browser, server)
  await askButton(page).click()
  await expect(panelOf(page)).toHaveAccessibleName('About this page')
  await expect(panelOf(page).getByText('Nobody has asked anything here yet.')).toBeVisible()
  await askAs(page, 'Ada', 'About all of it')
  await panelOf(page).getByRole('button', { name: 'Close' }).click()
  await expect(askButton(page)).toBeFocused()
  await selectWords(page, 'The end of it all')
  await askButton(page).click()
  await expect(panelOf(page)).toHaveAccessibleName('About this passage')
  await expect(panelOf(page).getByText('The end of it all')).toBeVisible()
  await expect(panelOf(page).getByText('About an earlier version')).toHaveCount(0)
  await expect(panelOf(page).getByText('About all of it')).toHaveCount(0)
})

test('the text never moves, and the chat is loaded only when the panel opens', async ({
  browser,
  server,
}) => {
  await withReport(server)
  await say(server, 'Why not Kafka?', 'the log is the truth')
  const page = await read(browser, server)
  const files: string[] = []
  page.on('request', (request) => files.push(new URL(request.url()).pathname))
  const shifts = await page.evaluateHandle(() => {
    const seen: number[] = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
    return seen
  })
  const paragraph = page.getByText('A second paragraph')
  const before = await paragraph.boundingBox()
  await expect(marksOf(page)).toBeVisible()
  await expect(page.getByText(/reading now/)).toBeVisible()
  expect(files.filter((file) => /socket\.io|\/(?:chat|TalkPanel)-/.test(file))).toEqual([])
  await marksOf(page).click()
  await expect(panelOf(page).getByText('Why not Kafka?')).toBeVisible()
  expect(await paragraph.boundingBox()).toEqual(before)
  const panel = await panelOf(page).boundingBox()
  expect(panel!.x).toBeGreaterThanOrEqual(before!.x + before!.width)
  expect(await page.locator('.prose').innerHTML()).not.toContain('mark')
  await page.keyboard.press('Escape')
  expect(await paragraph.boundingBox()).toEqual(before)
  expect((await shifts.jsonValue()).reduce((sum, one) => sum + one, 0)).toBeLessThan(0.005)
})

test('a passage is found again in an edited report, and one that is gone is kept', async ({
  browser,
  server,
}) => {
  const owner = await withReport(server)
  await say(server, 'Why not Kafka?', 'the log is the truth', 'Why ', ', and Redis')
  await say(server, 'And this?', 'A second paragraph about nothing in particular.', 'who sleep. ', '')
  await owner.changeReport(4, {
    title: 'The log',
    text: 'Another beginning.\n\nWhy *the log* was the truth, and Redis only wakes those who sleep.',
  })
  const page = await read(browser, server)
  await expect(marksOf(page)).toHaveCount(1)
  expect(await highlighted(page, 'talked-about')).toEqual(['the log was the truth'])
  await askButton(page).click()
  await expect(panelOf(page).getByText('About an earlier version')).toBeVisible()
  await expect(panelOf(page).getByText('And this?')).toBeVisible()
  await expect(panelOf(page).getByText('Why not Kafka?')).toBeVisible()
})

test('without script what is said stands below the page, with the way to it', async ({ browser, server }) => {
  await withReport(server)
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(path)
  await expect(page.getByText('What has been said about this page')).toHaveCount(0)
  await say(server, 'Why **not** Kafka?', 'the log is the truth')
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('Why not Kafka?')).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(page.getByRole('heading', { name: 'What has been said about this page' })).toBeVisible()
  await expect(page.locator('blockquote').getByText('the log is the truth')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Ask/ })).toHaveCount(0)
  await page.locator('.said li a').click()
  await expect(page).toHaveURL('/chat/lobby/1')
  await expect(page.getByRole('article')).toContainText('Why not Kafka?')
  const card = page.getByRole('link', { name: /the log is the truth/ })
  expect(await card.getAttribute('href')).toMatch(`${path}?about=`)
})

test('readers are counted, and whoever does not want to be is not', async ({ browser, server }) => {
  await withReport(server)
  const one = await read(browser, server)
  await expect(one.getByText('Nobody else is reading now')).toBeVisible()
  const other = await read(browser, server)
  await expect(one.getByText('One other is reading now')).toBeVisible()
  await other.getByRole('button', { name: "Don't count me" }).click()
  await expect(one.getByText('Nobody else is reading now')).toBeVisible()
  await expect(other.getByText('One other is reading now')).toBeVisible()
  const asked = other.waitForRequest(/about\/stream/)
  await other.reload()
  expect(new URL((await asked).url()).searchParams.get('count')).toBe('0')
  await expect(other.getByRole('button', { name: 'Count me' })).toBeVisible()
})

test('what is written without a network is sent when it is back', async ({ browser, server }) => {
  await withReport(server)
  const page = await read(browser, server)
  await selectWords(page, 'the log is the truth')
  await askPassage(page).click()
  await askAs(page, 'Ada', 'First')
  await page.context().setOffline(true)
  const field = panelOf(page).getByRole('textbox')
  await field.fill('From the tunnel')
  await field.press('Enter')
  await expect(panelOf(page).getByRole('article').filter({ hasText: 'From the tunnel' })).toBeVisible()
  await page.context().setOffline(false)
  await expect(marksOf(page)).toHaveAccessibleName(/^2 messages/)
})

test('a page says when what was said cannot be read, and reads it again', async ({ browser, server }) => {
  await withReport(server)
  await say(server, 'Why not Kafka?')
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB' })
  const page = await context.newPage()
  await page.route('**/api/chat/about?*', (route) => route.abort())
  await page.goto(path)
  await askButton(page).click()
  await expect(panelOf(page).getByRole('alert')).toContainText("Couldn't reach the server")
  await page.unroute('**/api/chat/about?*')
  await panelOf(page).getByRole('button', { name: 'Try again' }).click()
  await expect(panelOf(page).getByText('Why not Kafka?')).toBeVisible()
})

test('it can be asked at home too, in another tab, in another language', async ({ browser, server }) => {
  const page = await read(browser, server, { locale: 'sv-SE' }, '/')
  await page.getByRole('button', { name: 'Fråga Your Name om det här' }).click()
  const field = page.getByRole('dialog', { name: 'Om den här sidan' }).getByRole('textbox')
  await field.fill('Åsa')
  await field.press('Enter')
  await expect(field).toHaveAccessibleName('Meddelande')
  const other = await page.context().newPage()
  await other.goto('/')
  await hydrated(other)
  await field.fill('Vem bor här?')
  await field.press('Enter')
  await other.getByRole('button', { name: 'Fråga Your Name om det här' }).click()
  await expect(other.getByRole('dialog').getByText('Vem bor här?')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const [device, options] of [
    ['a laptop', {}],
    ['a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const)
    test(`on ${device} in ${colorScheme} everything can be read and pressed`, async ({ browser, server }) => {
      await withReport(server)
      await say(server, 'Why not Kafka?', 'the log is the truth')
      await say(server, 'And on the whole?')
      const page = await read(browser, server, { colorScheme, ...options })
      await expect(marksOf(page)).toBeVisible()
      await expectAccessible(page)
      await expectNoOverflow(page)
      await marksOf(page).click()
      await expect(panelOf(page).getByText('Why not Kafka?')).toBeVisible()
      await expect(panelOf(page).getByRole('textbox')).toBeVisible()
      await expectAccessible(page)
      await expectNoOverflow(page)
      await page.screenshot({ path: test.info().outputPath('panel.png') })
    })
