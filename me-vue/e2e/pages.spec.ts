import type { Page } from '@playwright/test'
import { expect, test } from './support/test.ts'

/** Opens the home page from the document that has no page in it, as the service worker does offline. */
async function openHomeFromShell(page: Page): Promise<void> {
  await page.goto('/index.html')
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click()
}

test('the home page shows the owner, who is in the chat, and the latest reports', async ({
  page,
  publish,
}) => {
  // The home page shows the last three, and parallel tests may have added reports.
  await publish({ week: 52, title: 'One log, four ways to listen', text: 'Hej.' })
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty()
  const chatLink = page.getByRole('main').getByRole('link', { name: 'The lamp is off' })
  await expect(chatLink).toContainText('Nobody is here just now')
  await expect(page.getByRole('link', { name: 'One log, four ways to listen' })).toBeVisible()
  await expect(page.getByText('today').first()).toBeVisible()
})

test('the home page leads to all reports', async ({ page, publish }) => {
  await publish({ week: 7, title: 'Seven', text: 'Words.' })
  await page.goto('/')
  await page.getByRole('link', { name: 'All reports' }).click()
  await expect(page).toHaveURL(/\/reports$/)
})

test('the foot of a page leads to the API', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('contentinfo').getByRole('link', { name: 'API' }).click()
  await expect(page).toHaveTitle('API')
  await expect(page.getByRole('heading', { name: /^Messages/ })).toBeVisible()
})

test('the list of reports links to a report, and a report links to the next one', async ({
  page,
  publish,
}) => {
  await publish({ week: 21, title: 'The first of two', text: 'Some *words*.' })
  await publish({ week: 22, title: 'The second of two', text: '## A heading' })
  await page.goto('/reports')
  await page.getByRole('link', { name: 'The first of two' }).click()
  await expect(page).toHaveTitle(/^The first of two/)
  await expect(page.getByRole('main').locator('em')).toHaveText('words')
  await page.getByRole('link', { name: 'The second of two' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'The second of two' })).toBeFocused()
  await expect(page.getByRole('heading', { level: 2, name: 'A heading' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'The first of two' })).toBeVisible()
})

test('a direct link opens a report', async ({ page, publish }) => {
  await publish({ week: 31, title: 'Straight here', text: 'Words.' })
  await page.goto('/reports/week/31')
  await expect(page.getByRole('heading', { level: 1, name: 'Straight here' })).toBeVisible()
})

test('a late answer for a report that was left does not replace the current report', async ({
  page,
  publish,
}) => {
  await publish({ week: 41, title: 'The slow one', text: 'Slow.' })
  await publish({ week: 42, title: 'The quick one', text: 'Quick.' })
  await page.goto('/reports')
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/api/reports/week/41', async (route) => {
    await held
    await route.continue().catch(() => undefined)
  })
  await page.getByRole('link', { name: 'The slow one' }).click()
  await expect(page).toHaveURL('/reports/week/41')
  await page.goBack()
  await page.getByRole('link', { name: 'The quick one' }).click()
  await expect(page.getByRole('heading', { name: 'The quick one' })).toBeVisible()
  release()
  await page.waitForLoadState('networkidle')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The quick one')
})

for (const path of ['/nowhere', '/reports/week/53', '/reports/week/tomorrow'])
  test(`the page for ${path} says that nothing is found and links to a page that exists`, async ({
    page,
  }) => {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      /Nobody lives at this address|No report for that week/,
    )
    await page.getByRole('main').getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/Nobody lives|No report/)
  })

test('the home page says that the server does not answer, and a button tries again', async ({ page }) => {
  await page.route('**/api', (route) => route.abort())
  await openHomeFromShell(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    "The house is here, but the server doesn't answer.",
  )
  await page.unroute('**/api')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(
    "The house is here, but the server doesn't answer.",
  )
})

test('the layout of the home page does not shift when the presentation arrives late', async ({ page }) => {
  const late = Promise.withResolvers<void>()
  await page.route('**/api', async (route) => {
    await late.promise
    await route.continue()
  })
  await openHomeFromShell(page)
  await expect(page.getByText('Loading', { exact: false }).first()).toBeAttached()
  const chatLink = page.getByRole('main').getByRole('link', { name: 'The lamp is' })
  await expect(chatLink).toBeHidden()
  late.resolve()
  await expect(chatLink).toBeVisible()
  const moved = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          resolve(
            (list.getEntries() as unknown as { value: number }[]).reduce((sum, { value }) => sum + value, 0),
          )
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(resolve, 1_000, 0)
      }),
  )
  expect(moved).toBeLessThan(0.02)
})

test('a page whose script cannot be loaded is shown by its document', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByLabel('Language')).toBeEnabled()
  await page.route('**/assets/ReportsPage*', (route) => route.abort())
  await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Weekly reports' })).toBeVisible()
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click()
  await expect(page.getByLabel('Language')).toBeEnabled()
})

test('without a network a page that cannot be loaded shows an error, and “Try again” loads it', async ({
  page,
}) => {
  await page.goto('/')
  await expect(page.getByLabel('Language')).toBeEnabled()
  await page.route('**/assets/ChatEntry*', (route) => route.abort())
  await page.evaluate(() => Object.defineProperty(navigator, 'onLine', { value: false, configurable: true }))
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click()
  await expect(page.getByRole('alert')).toContainText("Couldn't open that page.")
  await page.unroute('**/assets/ChatEntry*')
  await page.getByRole('link', { name: 'Try again' }).click()
  await expect(page.getByRole('textbox')).toBeVisible()
})

test('the home page loads no chat code until the pointer is over the Chat tab', async ({ page }) => {
  await page.goto('/', { waitUntil: 'networkidle' })
  const chatFiles = () =>
    page.evaluate(
      () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('ChatEntry')).length,
    )
  expect(await chatFiles()).toBe(0)
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).hover()
  await expect.poll(chatFiles).toBeGreaterThan(0)
})

test('a page preloads its own files, and each file is requested once', async ({ page, publish }) => {
  await publish({ week: 41, title: 'At once', text: 'Words.' })
  const unused: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('preloaded')) unused.push(message.text())
  })
  for (const [path, files] of Object.entries({
    '/': ['/assets/en-'],
    '/account': ['/assets/en-'],
    '/reports': ['/assets/ReportsPage-'],
    '/reports/week/41': ['/assets/ReportPage-'],
    '/chat': ['/assets/ChatEntry-', '/assets/chat-', '/assets/SearchButton-', '/assets/RoomMenu-'],
  })) {
    const document = await page.goto(path, { waitUntil: 'networkidle' })
    const head = await document?.text()
    for (const file of files) expect(head).toContain(`href="${file}`)
    const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    const requested = names.filter((name) => /\/(api|assets\/.*)$/.test(new URL(name).pathname))
    expect(requested.toSorted()).toEqual([...new Set(requested)].toSorted())
  }
  // The browser warns of an unused preload some seconds after the page has loaded.
  await page.waitForTimeout(4_000)
  expect(unused).toEqual([])
})
