import { expect, test } from './support/chat.ts'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import type { TestServer } from './support/test-server.ts'

/** Opens the chat in a browser in which no script runs. */
async function reader(browser: Browser, server: TestServer, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'en-GB',
    javaScriptEnabled: false,
    ...options,
  })
  const page = await context.newPage()
  await page.goto('/chat')
  return page
}

const nickOf = (page: Page) => page.getByLabel('Nick')
const textOf = (page: Page) => page.getByLabel('Message', { exact: true })
const send = (page: Page) => page.getByRole('button', { name: 'Send' }).click()

const sizes: [string, BrowserContextOptions][] = [
  ['a phone', { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
  ['a laptop', { viewport: { width: 1280, height: 800 } }],
]
for (const [size, options] of sizes)
  test(`without a script on ${size} one reads, writes, is refused with the text kept, and mends it`, async ({
    browser,
    server,
  }) => {
    await server.postMessages('Bo', ['who reads this?'])
    const page = await reader(browser, server, options)
    await expect(page.getByRole('article')).toContainText('who reads this?')
    await expectNoOverflow(page)

    await nickOf(page).fill('bo')
    await textOf(page).fill('I do,\n\nwithout a *script*.')
    await send(page)
    await expect(page.getByRole('alert')).toHaveText(
      'Somebody else has that nick, or one that looks like it.',
    )
    await expect(nickOf(page)).toBeFocused()
    await expect(nickOf(page)).toHaveAccessibleDescription(/^Somebody else has that nick/)
    await expect(nickOf(page)).toHaveValue('bo')
    await expect(textOf(page)).toHaveValue('I do,\n\nwithout a *script*.')
    await expectNoOverflow(page)

    await nickOf(page).fill('Ada')
    await send(page)
    await expect(page).toHaveURL(/\/chat$/)
    const mine = page.getByRole('article').filter({ hasText: 'I do,' })
    await expect(mine.getByRole('emphasis')).toHaveText('script')
    await expect(mine).toBeInViewport()
    await expect(textOf(page)).toHaveValue('')
    await expect(nickOf(page)).toHaveValue('Ada')
    await expect(page.getByRole('alert')).toHaveCount(0)
    for (const target of [nickOf(page), textOf(page), page.getByRole('button', { name: 'Send' })])
      if (options.hasTouch) expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  })

test('by keyboard alone', async ({ browser, server }) => {
  const page = await reader(browser, server)
  await page.getByRole('log').focus()
  await page.keyboard.press('Tab')
  await expect(nickOf(page)).toBeFocused()
  await page.keyboard.type('Ada')
  await page.keyboard.press('Tab')
  await page.keyboard.type('one')
  await page.keyboard.press('Enter')
  await page.keyboard.type('two')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article')).toContainText('one')
  await expect(page.getByRole('article')).toContainText('two')
})

test('the page refreshes itself until one pauses that to write', async ({ browser, server }) => {
  const page = await reader(browser, server)
  await expect(page.locator('meta[http-equiv=refresh]')).toBeAttached()
  await page.getByRole('link', { name: 'Pause updates while I write' }).click()
  // Playwright finds no words by themselves in a `noscript`.
  await expect(page.locator('.updates')).toContainText('This page does not update while you write.')
  await expect(page.locator('meta[http-equiv=refresh]')).not.toBeAttached()
  await page.getByRole('link', { name: 'Show new messages' }).click()
  await expect(page.locator('meta[http-equiv=refresh]')).toBeAttached()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the form and its refusal are accessible (${colorScheme})`, async ({ browser, server }) => {
    // Axe is a script of its own; the page's are not loaded.
    const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', colorScheme })
    await context.route('**/assets/*.js', (route) => route.abort())
    const page = await context.newPage()
    await page.goto('/chat')
    await expectAccessible(page)
    await nickOf(page).fill('admin')
    await textOf(page).fill('mine')
    await send(page)
    await expect(page.getByRole('alert')).toBeVisible()
    await expectAccessible(page)
  })
