import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { hydrated } from './support/hydrated.ts'
import { startServer } from './support/server.ts'
import { expect, test } from './support/test.ts'

/** The part of the page with this heading in which the reader tries something. */
const live = (page: Page, title: string) =>
  page.locator('.live').filter({ has: page.getByRole('heading', { name: title, exact: true }) })
const headers = (page: Page) => live(page, 'What your browser sent just now')
const caching = (page: Page) => live(page, 'Try it')
const nodes = (page: Page) => live(page, 'Who answers?')

async function showHeaders(page: Page) {
  await headers(page).getByRole('heading').scrollIntoViewIfNeeded()
  await expect(headers(page).getByRole('definition').first()).toBeVisible()
}

async function openAll(page: Page) {
  await page.goto('/transports')
  await showHeaders(page)
  await caching(page).getByRole('button', { name: 'Ask' }).click()
  await expect(caching(page).getByRole('row')).toHaveCount(4)
  await nodes(page).getByRole('button', { name: 'Ask ten times' }).click()
  await expect(nodes(page).getByText(/answered all ten/)).toBeVisible()
}

test('the reader sees the headers of their own connection, and no secret', async ({
  context,
  page,
  siteUrl,
}) => {
  await context.addCookies([
    { name: 'me_language', value: 'en', url: siteUrl },
    { name: 'anything', value: 'known-to-nobody', url: siteUrl },
  ])
  await page.goto('/transports')
  const answered = page.waitForResponse('**/api/lesson/headers')
  await showHeaders(page)
  const response = await answered
  const { data } = (await response.json()) as {
    data: { headers: { name: string; value: string }[]; bytes: number; node: string }
  }
  const part = headers(page)
  const shown = await part
    .getByRole('term')
    .evaluateAll((terms) => terms.map((term) => [term.textContent, term.nextElementSibling?.textContent]))
  expect(shown).toEqual(data.headers.map(({ name, value }) => [name, value]))
  const sent = await response.request().allHeaders()
  const byName = new Map(shown.map(([name = '', value]) => [String(name).toLowerCase(), value]))
  expect(byName.get('user-agent')).toBe(sent['user-agent'])
  expect(byName.get('cookie')).toBe('me_language=…; anything=…')
  await expect(page.locator('body')).not.toContainText('known-to-nobody')
  await expect(part.getByRole('status')).toContainText(`${data.bytes.toLocaleString('en-GB')} bytes`)
  await expect(part.getByRole('status')).toContainText('It arrived as HTTP/1.1.')
  await expect(part.getByRole('status')).toContainText(`The process ${data.node} answered.`)

  await page.evaluate(() => (document.cookie = 'a_third=x; path=/'))
  await part.getByRole('button', { name: 'Ask again' }).click()
  await expect(part).toContainText('a_third=…')
})

test('three ways to ask for the same show what the browser received', async ({ page }) => {
  const { data: visitor } = await (
    await page.request.post('/api/chat/visitors', { data: { nick: 'Ada' } })
  ).json()
  const say = (text: string) =>
    page.request.post('/api/chat/rooms/lobby/messages', {
      data: { text },
      headers: { authorization: `Bearer ${visitor.token}` },
    })
  for (let n = 1; n <= 30; n++) await say(`message ${n} of thirty`)

  await page.goto('/transports')
  await hydrated(page)
  const part = caching(page)
  const table = part.getByRole('table')
  for (const name of ['Ask', 'Ask again']) {
    const received: { status: number; bytes: number; path: string }[] = []
    page.on('requestfinished', async (request) => {
      if (!request.url().includes('/api/chat/rooms/lobby/changes')) return
      const answer = (await request.response())!
      const path = request.url().replace(/^.*changes/, '')
      received.push({ status: answer.status(), bytes: (await answer.body()).length, path })
    })
    await part.getByRole('button', { name, exact: true }).click()
    await expect.poll(() => received.length).toBe(3)
    await expect(part.getByRole('button')).toHaveAccessibleName('Ask again')
    await expect(part.getByRole('button')).not.toHaveAttribute('aria-disabled')
    const rows = await table
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')))
    const [whole, same, since] = received
    expect(received.map(({ status }) => status)).toEqual([200, 304, 200])
    expect(since!.path).toMatch(/^\?after=\d+$/)
    expect(rows.map(([, status, bytes]) => [Number(status), Number(bytes?.replace(',', ''))])).toEqual(
      received.map(({ status, bytes }) => [status, bytes]),
    )
    expect(whole!.bytes).toBeGreaterThan(5_000)
    expect(same!.bytes).toBe(0)
    expect(since!.bytes).toBeLessThan(200)
    for (const [, , , time] of rows) expect(time).toMatch(/^[\d.]+ ms$/)
    page.removeAllListeners('requestfinished')
  }
  await say('one more')
  await page.reload()
  await expect(table).toHaveCount(0)
})

test('one process says so; behind a balancer the processes that answered are counted', async ({
  browser,
  page,
  siteUrl,
}) => {
  await page.goto('/transports')
  await nodes(page).getByRole('button').click()
  const { data } = await (await page.request.get('/api/lesson/headers')).json()
  await expect(nodes(page)).toContainText(`One process, ${data.node}, answered all ten.`)

  const other = await startServer()
  const urls = [siteUrl, other.url]
  let asked = 0
  const balancer = createServer((req, res) => {
    const upstream = new URL(req.url!, urls[req.url === '/api/lesson/headers' ? asked++ % 2 : 0])
    const passed = request(upstream, { method: req.method!, headers: req.headers, agent: false })
    passed.on('response', (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    req.pipe(passed)
  })
  balancer.listen(0, 'localhost')
  await once(balancer, 'listening')
  const baseURL = `http://localhost:${(balancer.address() as AddressInfo).port}`
  const context = await browser.newContext({ baseURL, locale: 'en-GB' })
  const balanced = await context.newPage()
  await balanced.goto('/transports')
  await nodes(balanced).getByRole('button').click()
  await expect(nodes(balanced)).toContainText('2 processes answered.')
  await expect(nodes(balanced).getByRole('listitem')).toHaveText([
    /^[\w-]+ answered 5 of them\.$/,
    /^[\w-]+ answered 5 of them\.$/,
  ])
  await expect(nodes(balanced)).toContainText(data.node)
  await context.close()
  balancer.closeAllConnections()
  balancer.close()
  await other.stop()
})

test('the example of the handshake is right, and the first packet is as shown', async ({ page, siteUrl }) => {
  await page.goto('/transports')
  const text = await page.getByRole('main').innerText()
  const [, key] = /Sec-WebSocket-Key: (\S+)/.exec(text) ?? []
  const [, accept] = /Sec-WebSocket-Accept: (\S+)/.exec(text) ?? []
  const [magic] = /[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}/.exec(text) ?? []
  expect(createHash('sha1').update(`${key}${magic}`).digest('base64')).toBe(accept)

  const opened = await (await page.request.get(`${siteUrl}/socket.io/?EIO=4&transport=polling`)).text()
  const [shown = ''] = /0\{"sid".*\}/.exec(text) ?? []
  const [start = '', end = ''] = shown.split('…","')
  expect(opened.startsWith(start)).toBe(true)
  expect(opened).toContain(end.split(',…')[0])
})

test('a failure is told kindly, and the reader asks again', async ({ page, context }) => {
  await page.goto('/transports')
  await hydrated(page)
  await context.setOffline(true)
  await nodes(page).getByRole('button').click()
  await expect(nodes(page).getByRole('alert')).toBeVisible()
  await context.setOffline(false)
  await nodes(page).getByRole('button', { name: 'Try again' }).click()
  await expect(nodes(page)).toContainText('answered all ten')
})

test('without script all words are there, and nothing that does not work', async ({ browser, siteUrl }) => {
  for (const [locale, words] of [
    ['en-GB', ['In two minutes', 'Side by side', 'dGhlIHNhbXBsZSBub25jZQ==', '802,930', '21 November 2026']],
    ['sv-SE', ['På två minuter', 'Sida vid sida', '802 930', '21 november 2026']],
    ['nb-NO', ['På to minutter', 'Side om side', '802 930', '21. november 2026']],
  ] as const) {
    const context = await browser.newContext({ baseURL: siteUrl, locale, javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto('/transports')
    const main = page.getByRole('main')
    for (const word of words) await expect(main).toContainText(word)
    expect(await main.innerText()).not.toMatch(/lesson-text\.|\{\w+\}/)
    await expect(main.locator('.lesson-text').getByRole('button')).toHaveCount(0)
    await expect(main.locator('.live')).toHaveCount(0)
    await context.close()
  }
})

test('a keyboard alone reaches a section and asks', async ({ page }) => {
  await page.goto('/transports')
  await hydrated(page)
  const link = page
    .getByRole('navigation', { name: 'On this page' })
    .getByRole('link', { name: /fetching twice/ })
  await link.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#caching$/)
  await expect(page.locator('#caching')).toBeInViewport()
  await page.keyboard.press('Tab')
  await expect(caching(page).getByRole('button')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(caching(page).getByRole('row')).toHaveCount(4)
  await expect(caching(page).getByRole('button', { name: 'Ask again' })).toBeFocused()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`with everything tried, ${colorScheme},`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })

    test('the page passes axe', async ({ page }) => {
      await openAll(page)
      await expectAccessible(page)
    })
  })

for (const width of [320, 390])
  test.describe(`on a phone of ${width} pixels`, () => {
    test.use({ viewport: { width, height: 700 }, hasTouch: true, isMobile: true })

    test('nothing is wider than the screen, or too small for a thumb', async ({ page }) => {
      await openAll(page)
      await expectNoOverflow(page)
      const small = await page
        .locator('.lesson-text')
        .locator('a, button')
        .evaluateAll((all) =>
          all.flatMap((one) => {
            const { width, height } = one.getBoundingClientRect()
            return Math.min(width, height) < 43.9 ? [one.textContent] : []
          }),
        )
      expect(small).toEqual([])
    })
  })
