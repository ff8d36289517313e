import type { BrowserContextOptions, Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { expect, openAsOwner, test as base } from './support/chat.ts'
import { createAnsweringProxy } from './support/answering-proxy.ts'
import { hydrated } from './support/hydrated.ts'
import { createOwnerApi } from './support/owner-api.ts'
import type { TestServer } from './support/test-server.ts'
import { reportViolations } from './support/violations.ts'

type OwnerApi = Awaited<ReturnType<typeof createOwnerApi>>
type Read = (path: string, options?: BrowserContextOptions) => Promise<Page>

/** A server with reports on weeks 1 to 3. */
const test = base.extend<{ owner: OwnerApi; read: Read }>({
  owner: async ({ server }, use) => {
    const owner = await createOwnerApi(server)
    for (const week of [1, 2, 3]) await owner.publish(week, `Report ${week}`, `What week ${week} taught.`)
    await use(owner)
  },

  /**
   * Opens a page in a browser of its own, until it can be read without a network. A violation of the policy or an error
   * in the page fails the test.
   */
  read: async ({ browser, server, owner: _owner }, use) =>
    use(async (path, options = {}) => {
      const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', ...options })
      await reportViolations(context)
      context.on('console', (message) =>
        expect(message.text()).not.toMatch(/Content.Security.Policy|Hydration/),
      )
      context.on('weberror', (error) => expect(error.error(), 'an error in the page').toBeUndefined())
      const page = await context.newPage()
      await page.goto(path)
      await expectKept(page, path)
      return page
    }),
})
test.use({ serviceWorkers: 'allow' })

const keptPaths = (page: Page) =>
  page.evaluate(async () =>
    (await (await caches.open('me-pages')).keys()).map(({ url }) => new URL(url).pathname),
  )
/** Waits until the page at a path can be read without a network. */
const expectKept = (page: Page, path: string) => expect.poll(() => keptPaths(page)).toContain(path)

const note = (page: Page) => page.getByRole('main').getByRole('status').filter({ hasText: 'As of' })
const heading = (page: Page) => page.getByRole('main').getByRole('heading', { level: 1 })
const follow = (page: Page, name: string) =>
  page.getByRole('main').getByRole('link', { name, exact: true }).first().click()
async function reloadWithout(server: TestServer, page: Page): Promise<void> {
  await server.kill()
  await page.reload()
}
/** The browser tells the page that its network is back. */
const networkIsBack = (page: Page) => page.evaluate(() => dispatchEvent(new Event('online')))
async function comeBack(server: TestServer, page: Page): Promise<void> {
  await server.start()
  await networkIsBack(page)
}

test('a report that was read opens without the server, and is shown as it is once the server is back', async ({
  read,
  server,
  owner,
}) => {
  const page = await read('/reports/week/2', { timezoneId: 'Asia/Tokyo' })
  await reloadWithout(server, page)
  await expect(heading(page)).toHaveText('Report 2')
  await expect(page.getByText('What week 2 taught.')).toBeVisible()
  await expect(note(page)).toHaveText(/^As of \d{1,2} \w+ at \d{2}:\d{2} – no connection$/)
  const time = await note(page).locator('time').getAttribute('datetime')
  const inTokyo = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Tokyo' })
  await expect(note(page)).toContainText(`at ${inTokyo.format(new Date(time!))}`)
  await expect(page).toHaveTitle('Report 2 – Your Name')
  await expectAccessible(page)

  await server.start()
  await owner.changeReport(2, { title: 'Report two', text: 'Said better.' })
  await networkIsBack(page)
  await expect(heading(page)).toHaveText('Report two')
  await expect(page.getByText('Said better.')).toBeVisible()
  await expect(note(page)).toHaveCount(0)
  await reloadWithout(server, page)
  await expect(heading(page)).toHaveText('Report two')
  await expect(note(page)).toBeVisible()
})

test('pages that were opened by their links can be read, reloaded and left without the server', async ({
  read,
  server,
}) => {
  const page = await read('/')
  await follow(page, 'Report 3')
  await expect(heading(page)).toHaveText('Report 3')
  await expectKept(page, '/reports/week/3')
  await reloadWithout(server, page)
  await expect(heading(page)).toHaveText('Report 3')
  await expect(note(page)).toBeVisible()
  await follow(page, 'All reports')
  await expect(heading(page)).toHaveText('Weekly reports')
  await expect(page.getByRole('link', { name: 'Report 1' })).toBeVisible()
  await expect(note(page)).toBeVisible()
  await follow(page, 'Report 3')
  await expect(page.getByText('What week 3 taught.')).toBeVisible()
  await expect(note(page)).toBeVisible()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' }).click()
  await expect(heading(page)).toHaveText(/./)
  await expect(page.getByRole('link', { name: 'Report 2' })).toBeVisible()
  await expect(note(page)).toBeVisible()
  await page.reload()
  await expect(page.getByRole('link', { name: 'Report 2' })).toBeVisible()
  await expect(note(page)).toBeVisible()
  await expect(page.getByRole('banner').locator('.window.lit')).toHaveCount(0)
})

test('what was read opens in the tab that has not been reloaded', async ({ read, server }) => {
  const page = await read('/reports/week/1')
  await follow(page, 'All reports')
  await server.kill()
  await follow(page, 'Report 1')
  await expect(page.getByText('What week 1 taught.')).toBeVisible()
  await expect(note(page)).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)

  await comeBack(server, page)
  await expect(note(page)).toHaveCount(0)
  await expect(page.getByText('What week 1 taught.')).toBeVisible()
})

test('a report that was never read says that the server cannot be reached', async ({ read, server }) => {
  const page = await read('/')
  await expectKept(page, '/reports')
  await server.kill()
  await page.goto('/reports/week/1')
  await expect(page.getByRole('main').getByRole('alert')).toContainText("Couldn't reach the server.")
  await expect(note(page)).toHaveCount(0)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('link', { name: 'Report 1' })).toBeVisible()
  await expect(note(page)).toBeVisible()
  await follow(page, 'Report 1')
  await expect(page.getByRole('main').getByRole('alert')).toContainText("Couldn't reach the server.")
  await expect(note(page)).toHaveCount(0)
  await expectAccessible(page)
})

test('a report that was deleted is not kept any longer', async ({ read, server, owner }) => {
  const page = await read('/reports/week/1')
  await follow(page, 'All reports')
  await owner.removeReport(1)
  await follow(page, 'Report 1')
  await expect(page.getByText('No report for that week.')).toBeVisible()
  await expect.poll(() => keptPaths(page)).not.toContain('/reports/week/1')

  await follow(page, 'All reports')
  await follow(page, 'Report 2')
  await expectKept(page, '/reports/week/2')
  await reloadWithout(server, page)
  await expect(note(page)).toBeVisible()
  await server.start()
  await owner.removeReport(2)
  await networkIsBack(page)
  await expect(page.getByText('No report for that week.')).toBeVisible()
  await expect(note(page)).toHaveCount(0)
  expect(await keptPaths(page)).not.toContain('/reports/week/2')
})

test('a page that was kept by a version whose files are gone is made by this version', async ({
  read,
  server,
}) => {
  const page = await read('/reports/week/2')
  await page.evaluate(async () => {
    const pages = await caches.open('me-pages')
    const kept = (await pages.match('/reports/week/2', { ignoreVary: true }))!
    const html = (await kept.text()).replaceAll(/\/assets\/([\w-]+)\./g, '/assets/$1-of-another-version.')
    await pages.put('/reports/week/2', new Response(html, { headers: kept.headers }))
  })
  await reloadWithout(server, page)
  await expect(heading(page)).toHaveText('Report 2')
  await expect(page.getByText('What week 2 taught.')).toBeVisible()
  await expect(note(page)).toBeVisible()
  await expect(page).toHaveTitle('Report 2 – Your Name')
  await comeBack(server, page)
  await expect(note(page)).toHaveCount(0)
})

test('what a proxy answers in place of the server is neither kept nor taken for the server’s', async ({
  read,
  server,
}) => {
  const proxy = await createAnsweringProxy(server)
  const page = await read('/reports/week/2', { baseURL: proxy.url })

  proxy.answer(521)
  await page.reload()
  await expect(page.getByText('What week 2 taught.')).toBeVisible()
  await expect(note(page)).toBeVisible()

  proxy.answer(200)
  const file = '/assets/late-abc123.js'
  expect(await page.evaluate(async (path) => (await fetch(path)).text(), file)).toContain('The proxy')
  // The worker keeps files after it has handed them on: this one would be there before the next.
  proxy.answer(undefined)
  await page.evaluate(async () => (await fetch('/assets/none-abc123.js')).text())
  expect(await page.evaluate(async (path) => (await caches.match(path)) === undefined, file)).toBe(true)

  proxy.answer(404)
  await page.reload()
  await expect(page).toHaveTitle('The proxy')
  expect(await keptPaths(page)).toContain('/reports/week/2')
  proxy.close()
})

test('a server that is silent does not keep a page from being read', async ({ read, server }) => {
  const page = await read('/reports/week/2')
  await page.reload()
  server.suspend()
  await page.reload()
  await expect(page.getByText('What week 2 taught.')).toBeVisible()
  await expect(note(page)).toBeVisible()
  server.resume()
  await expect(note(page)).toHaveCount(0)
})

for (const [locale, timezoneId, words] of [
  ['sv-SE', 'Europe/Stockholm', /^Sparad \d{1,2} \w+ kl\. \d{2}:\d{2} – ingen anslutning$/],
  ['nb-NO', 'America/New_York', /^Lagret \d{1,2}\. \w+ kl\. \d{2}:\d{2} – ingen tilkobling$/],
] as const)
  test(`a kept page says of when it is in the reader's language (${locale})`, async ({ read, server }) => {
    const page = await read('/reports', {
      locale,
      timezoneId,
      viewport: { width: 320, height: 640 },
      colorScheme: 'dark',
    })
    await reloadWithout(server, page)
    await expect(page.getByRole('main').getByRole('status').first()).toHaveText(words)
    await expectNoOverflow(page)
    await expectAccessible(page)
  })

test('a kept page is shown in the language that was chosen since', async ({ read, server }) => {
  const page = await read('/reports/week/2')
  await hydrated(page)
  await server.kill()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Svenska')
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
  await page.reload()
  await expect(page.getByText('Vecka 2')).toBeVisible()
  await expect(page.getByText('What week 2 taught.')).toBeVisible()
  await expect(page.getByRole('main').getByRole('status').first()).toContainText('ingen anslutning')
})

test('nothing of a kept page moves when the script takes it over', async ({ read, server }) => {
  const page = await read('/reports/week/2', { viewport: { width: 390, height: 844 } })
  await reloadWithout(server, page)
  await expect(note(page)).toBeVisible()
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().reduce((sum, entry) => sum + (entry as { value?: number }).value!, 0)),
        ).observe({ type: 'layout-shift', buffered: true })
        setTimeout(resolve, 500, 0)
      }),
  )
  expect(shift).toBeLessThanOrEqual(0.005)
})

test('the lamp is grey without a connection, also where it goes away while a page is open', async ({
  read,
  browser,
  server,
}) => {
  await openAsOwner(browser, server)
  const page = await read('/reports')
  const banner = page.getByRole('banner')
  await expect(banner).toContainText('the lamp is on')
  await expect(banner.locator('.window.lit')).not.toHaveCount(0)
  await page.context().setOffline(true)
  await expect(banner).not.toContainText('the lamp is on')
  await expect(banner.locator('.window.lit')).toHaveCount(0)
  await page.context().setOffline(false)
  await expect(banner).toContainText('the lamp is on')
  await expect(banner.locator('.window.lit')).not.toHaveCount(0)
})
