import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { createRoutingProxy } from './support/routing-proxy.ts'
import { createHttp2Proxy } from './support/http2-proxy.ts'
import { hydrated } from './support/hydrated.ts'
import { startServer } from './support/server.ts'
import { expect, test } from './support/test.ts'
import recorded from '../src/lesson/text/recorded.json' with { type: 'json' }

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

test('behind a front door that speaks HTTP/2 the page says how the request left and how it arrived', async ({
  browser,
  siteUrl,
}) => {
  const door = await createHttp2Proxy(siteUrl)
  const context = await browser.newContext({ baseURL: door.url, locale: 'en-GB', ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.goto('/transports')
  await showHeaders(page)
  await expect(headers(page).getByRole('status')).toContainText(
    'It left your browser as HTTP/2 and arrived as HTTP/1.1: something in between passed it on.',
  )
  await context.close()
  door.close()
})

test('three ways to ask for the same show what was on the wire', async ({ browser, page, siteUrl }) => {
  const { data: visitor } = await (
    await page.request.post('/api/chat/visitors', { data: { nick: 'A reader of tables' } })
  ).json()
  const say = (text: string) =>
    page.request.post('/api/chat/rooms/lobby/messages', {
      data: { text },
      headers: { authorization: `Bearer ${visitor.token}` },
    })
  for (let n = 1; n <= 30; n++) await say(`message ${n} of thirty`)

  const proxy = await createRoutingProxy(() => siteUrl, '/api/chat/rooms/lobby/changes')
  const context = await browser.newContext({ baseURL: proxy.url, locale: 'en-GB' })
  const reader = await context.newPage()
  await reader.goto('/transports')
  const part = caching(reader)
  const table = part.getByRole('table')
  const rows = () =>
    table
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')))
  for (const name of ['Ask', 'Ask again']) {
    proxy.answers.length = 0
    await part.getByRole('button', { name, exact: true }).click()
    await expect.poll(() => proxy.answers.length).toBe(3)
    await expect(part.getByRole('button', { name: 'Ask again' })).not.toHaveAttribute('aria-disabled')
    expect((await rows()).map(([, status, bytes]) => [status, bytes])).toEqual(
      proxy.answers.map(({ status, bytes }) => [String(status), bytes.toLocaleString('en-GB')]),
    )
    for (const [, , , time] of await rows()) expect(time).toMatch(/^[\d.]+\sms$/)
    const [whole, same, since] = proxy.answers
    expect(proxy.answers.map(({ status }) => status)).toEqual([200, 304, 200])
    expect(same!.bytes).toBe(0)
    expect(since!.bytes).toBeLessThan(whole!.bytes / 4)
  }
  const cursor = Number(/after=(\d+)$/.exec(proxy.answers[2]!.path)?.[1])
  await say('one more')
  await part.getByRole('button').click()
  await expect(table.getByRole('rowheader').last()).toHaveText(`only what came after ${cursor + 1}`)
  await context.close()
  proxy.close()
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
  let asked = 0
  const balancer = await createRoutingProxy((path) =>
    path === '/api/lesson/headers' && asked++ % 2 === 1 ? other.url : siteUrl,
  )
  const context = await browser.newContext({ baseURL: balancer.url, locale: 'en-GB' })
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
    for (const figures of Object.values(recorded.lanes))
      await expect(main).toContainText(figures.bytes.toLocaleString(locale))
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
