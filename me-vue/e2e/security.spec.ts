import type { Browser } from '@playwright/test'
import { expect, signIn, test } from './support/test.ts'
import { reportViolations } from './support/violations.ts'

const publicPaths = [
  '/',
  '/reports',
  '/reports/week/21',
  '/chat',
  '/sign-in',
  '/register',
  '/nowhere',
  '/api/docs',
]
const ownerPaths = ['/edit', '/reports/new', '/reports/week/21/edit']
const allMarkdown =
  'Text, `code`, [a link](https://a.example).\n\n```js\nconst a = 1\n```\n\n| a |\n| - |\n| 1 |'

/** Opens a browser in which the service worker runs, and collects its policy violations. */
async function openBrowser(browser: Browser, baseURL: string) {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', serviceWorkers: 'allow' })
  const violations: string[] = []
  context.on('console', (message) => {
    if (/policy|Trusted/i.test(message.text())) violations.push(message.text())
  })
  await reportViolations(context)
  return { context, violations, page: await context.newPage() }
}

test('no page and no service worker violates the Content Security Policy', async ({
  browser,
  siteUrl,
  publish,
}) => {
  test.slow()
  await publish({ week: 21, title: 'A report', text: allMarkdown })
  const { context, violations, page } = await openBrowser(browser, siteUrl)
  for (const path of publicPaths) await page.goto(path, { waitUntil: 'networkidle' })
  await signIn(page)
  for (const path of ownerPaths) {
    await page.goto(path, { waitUntil: 'networkidle' })
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  expect(violations).toEqual([])
  await context.close()
})

// The fixture `pageErrors` fails this test if the policy forbids something.
test('the chat’s lazy-loaded parts do not violate the Content Security Policy', async ({ page }) => {
  await page.goto('/chat')
  await page.getByRole('textbox').fill('Ada')
  await page.keyboard.press('Enter')
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('**bold**, https://a.example\n```js\nconst a = 1\n```')
  await page.keyboard.press('Enter')
  await expect(page.locator('article strong', { hasText: /^bold$/ })).toBeVisible()
  await expect(page.locator('article pre span').first()).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('searchbox')).toBeVisible()
})

test('an injected script cannot create HTML, scripts, workers or Trusted Types policies', async ({
  browser,
  siteUrl,
}) => {
  const { context, page } = await openBrowser(browser, siteUrl)
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  const succeeded = await page.evaluate(async () => {
    type Policies = { createPolicy: (name: string, rules: object) => unknown }
    const { trustedTypes } = globalThis as unknown as { trustedTypes: Policies }
    const attempts: Record<string, () => unknown> = {
      'HTML of text': () => (document.createElement('div').innerHTML = '<img src=x>'),
      'a script': () => (document.createElement('script').src = 'https://evil.example/x.js'),
      'a worker': () => new Worker('/assets/own.js'),
      'a service worker': () => navigator.serviceWorker.register('/sw.js?x'),
      'a policy': () => trustedTypes.createPolicy('mine', {}),
      'the same policy again': () => trustedTypes.createPolicy('me', {}),
      'plain text': () => (document.createElement('div').textContent = '<img src=x>'),
    }
    const names: string[] = []
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt()
        names.push(name)
      } catch {
        // The policy forbade it, as it should.
      }
    }
    return names
  })
  expect(succeeded).toEqual(['plain text'])
  await context.close()
})

test('another site cannot show the page in a frame', async ({ browser, siteUrl }) => {
  const { context, page } = await openBrowser(browser, siteUrl)
  await context.route('http://evil.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${siteUrl}/chat"></iframe>` }),
  )
  await page.goto('http://evil.example/', { waitUntil: 'networkidle' })
  const frame = page.frames().find((one) => one !== page.mainFrame())
  expect(frame).toBeDefined()
  expect(frame?.url()).not.toContain(siteUrl)
  await context.close()
})
