import type { Browser } from '@playwright/test'
import { expect, signIn, test } from './support/test.ts'
import { tellViolations } from './support/violations.ts'

const forAll = [
  '/',
  '/reports',
  '/reports/week/21',
  '/chat',
  '/sign-in',
  '/register',
  '/nowhere',
  '/api/docs',
]
const forOwner = ['/edit', '/reports/new', '/reports/week/21/edit']
const everyKindOfText =
  'Text, `code`, [a link](https://a.example).\n\n```js\nconst a = 1\n```\n\n| a |\n| - |\n| 1 |'

/** A browser in which the service worker runs too, and whose complaints are heard. */
async function openBrowser(browser: Browser, baseURL: string) {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', serviceWorkers: 'allow' })
  const heard: string[] = []
  context.on('console', (message) => {
    if (/policy|Trusted/i.test(message.text())) heard.push(message.text())
  })
  await tellViolations(context)
  return { context, heard, page: await context.newPage() }
}

test('no page and no service worker violates the Content Security Policy', async ({
  browser,
  siteUrl,
  publish,
}) => {
  test.slow()
  await publish({ week: 21, title: 'A report', text: everyKindOfText })
  const { context, heard, page } = await openBrowser(browser, siteUrl)
  for (const path of forAll) await page.goto(path, { waitUntil: 'networkidle' })
  await signIn(page)
  for (const path of forOwner) {
    await page.goto(path, { waitUntil: 'networkidle' })
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  expect(heard).toEqual([])
  await context.close()
})

// The fixture `complaints` fails this test where the policy forbids something.
test('the chat’s lazy-loaded parts do not violate the Content Security Policy', async ({ page }) => {
  await page.goto('/chat')
  await page.getByRole('textbox').fill('Ada')
  await page.keyboard.press('Enter')
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('**bold**, https://a.example\n```js\nconst a = 1\n```')
  await page.keyboard.press('Enter')
  await expect(page.locator('article strong')).toHaveText('bold')
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
  const outcomes = await page.evaluate(async () => {
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
    const done: string[] = []
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt()
        done.push(name)
      } catch {
        // What the policy is for.
      }
    }
    return done
  })
  expect(outcomes).toEqual(['plain text'])
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
