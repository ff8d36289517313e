import type { Browser, Page } from '@playwright/test'
import { hydrated } from './support/hydrated.ts'
import { expect, test } from './support/test.ts'

const paths = [
  '/',
  '/reports',
  '/reports/week/33',
  '/privacy',
  '/transports',
  '/sign-in',
  '/register',
  '/nowhere',
  // Asks for `//`, which alone would be another host.
  '/.//',
]
/** Their content only the script knows. */
const ofScript = [
  '/account',
  '/moderation',
  '/members',
  '/edit',
  '/reports/week/33/edit',
  '/reset-password',
  '/reset-password#token',
]
const readers = [
  { locale: 'en-GB', timezoneId: 'Pacific/Kiritimati', theme: 'dark' },
  { locale: 'sv-SE', timezoneId: 'Europe/Stockholm', theme: 'light' },
  { locale: 'nb-NO', timezoneId: 'Pacific/Pago_Pago', theme: undefined },
]
const report = {
  week: 33,
  title: 'T & <b> </script> “q”',
  text: '# Head\n\nWords & `code`.\n\n| a |\n| - |\n| 1 |',
}

/** The words of a page without those that only the script knows: dates, who is there, controls, what one can try. */
const wordsOf = (page: Page) =>
  page.evaluate(() => {
    const app = document.querySelector('#app')!.cloneNode(true) as HTMLElement
    for (const element of app.querySelectorAll(
      'time, .home .aloud, .invitation, .tab.chat, .choice, button, [role="status"], .words, .place, .people, .here, .connection, .live',
    ))
      element.remove()
    const texts = app.ownerDocument.createTreeWalker(app, NodeFilter.SHOW_TEXT)
    const words: string[] = []
    while (texts.nextNode()) words.push(texts.currentNode.nodeValue!)
    return words.join(' ').replace(/\s+/g, ' ').trim()
  })

async function wordsWithoutScript(browser: Browser, baseURL: string, path: string, locale: string) {
  const context = await browser.newContext({ baseURL, locale, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(path)
  const words = await wordsOf(page)
  await context.close()
  return words
}

for (const { locale, timezoneId, theme } of readers)
  test(`the script takes over every document as it is (${locale}, ${timezoneId}, theme ${theme ?? 'of the system'})`, async ({
    browser,
    siteUrl,
    publish,
  }) => {
    await publish(report)
    const stored = theme ? [{ name: 'me.theme', value: theme }] : []
    const storageState = { cookies: [], origins: [{ origin: siteUrl, localStorage: stored }] }
    const context = await browser.newContext({ baseURL: siteUrl, locale, timezoneId, storageState })
    const faults: string[] = []
    context.on('console', (message) => {
      if (message.type() === 'error' && !/404 \(Not Found\)/.test(message.text())) faults.push(message.text())
    })
    context.on('weberror', (error) => faults.push(String(error.error())))
    const page = await context.newPage()
    for (const path of [...paths, ...ofScript]) {
      await page.goto(path)
      await hydrated(page)
      await page.waitForLoadState('networkidle')
      expect(await page.locator('#app > .site').count()).toBe(1)
      if (!ofScript.includes(path))
        expect(await wordsOf(page)).toBe(await wordsWithoutScript(browser, siteUrl, path, locale))
    }
    expect(faults).toEqual([])
    await context.close()
  })

test('every address of the site map holds all words of its page', async ({
  browser,
  siteUrl,
  publish,
  page,
}) => {
  await publish(report)
  const { data: visitor } = await (
    await page.request.post('/api/chat/visitors', { data: { nick: 'Ada' } })
  ).json()
  for (const text of ['Plain words.', '**Bold** and `code`\n\n> quoted', 'https://example.org/a?b=c', '🎂'])
    await page.request.post('/api/chat/rooms/lobby/messages', {
      data: { text },
      headers: { authorization: `Bearer ${visitor.token}` },
    })
  const map = await (await page.request.get('/sitemap.xml')).text()
  const addresses = Array.from(
    map.matchAll(/<loc>([^<]*)<\/loc>/g),
    ([, address]) => new URL(address!).pathname,
  )
  expect(addresses).toEqual(
    expect.arrayContaining(['/', '/reports', '/reports/week/33', '/chat', '/privacy', '/transports']),
  )
  for (const path of addresses) {
    await page.goto(path)
    await hydrated(page)
    if (path === '/chat')
      await expect(page.getByRole('button', { name: 'Live, show connection' })).toBeVisible()
    await page.waitForLoadState('networkidle')
    const words = (await wordsOf(page)).split(' ')
    const inDocument = new Set((await wordsWithoutScript(browser, siteUrl, path, 'en-GB')).split(' '))
    expect(words.length).toBeGreaterThan(5)
    expect(
      words.filter((word) => !inDocument.has(word)),
      path,
    ).toEqual([])
  }
})

test('dates are those of the reader once the script runs', async ({ browser, siteUrl, publish }) => {
  await publish(report)
  const context = await browser.newContext({ baseURL: siteUrl, timezoneId: 'Pacific/Kiritimati' })
  const page = await context.newPage()
  const document = await (await page.goto('/reports'))?.text()
  expect(document).toMatch(/>\d{1,2} \w+ \d{4}<\/time>/)
  await expect(page.locator('main time').first()).toHaveText(/^(today|yesterday)$/)
  await context.close()
})

test('the text of a document is left alone, and so painted once', async ({ page, publish }) => {
  await publish(report)
  const held = Promise.withResolvers<void>()
  await page.route('**/assets/*.js', async (route) => {
    await held.promise
    await route.continue()
  })
  await page.goto('/reports/week/33', { waitUntil: 'commit' })
  const paragraph = await page.waitForSelector('.prose p')
  held.resolve()
  await hydrated(page)
  expect(await paragraph.evaluate((element) => element.isConnected)).toBe(true)
})

test('what was typed before the script ran is kept', async ({ page }) => {
  const held = Promise.withResolvers<void>()
  await page.route('**/assets/*.js', async (route) => {
    await held.promise
    await route.continue()
  })
  await page.goto('/sign-in', { waitUntil: 'commit' })
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org')
  await expect(page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true })).toBeDisabled()
  held.resolve()
  await hydrated(page)
  await expect(page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled()
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toHaveValue('ada@example.org')
})

test('without a script pages can be read, and the language can be chosen and stays', async ({
  browser,
  siteUrl,
  publish,
}) => {
  await publish(report)
  const context = await browser.newContext({ baseURL: siteUrl, locale: 'en-GB', javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/reports')
  await page.getByRole('link', { name: report.title }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(report.title)
  await expect(page.getByRole('main').locator('code')).toHaveText('code')
  await expect(page.getByRole('combobox')).toHaveCount(0)
  await expect(page.getByRole('button')).toHaveCount(0)
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('link', { name: 'Svenska' })).toBeHidden()
  await page.emulateMedia({ media: 'screen' })
  await page.getByRole('link', { name: 'Svenska' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
  await page.getByRole('navigation').getByRole('link', { name: 'Rapporter' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Veckorapporter')
  for (const [path, link] of [
    ['/sign-in', 'Skapa konto'],
    ['/register', 'Logga in'],
  ] as const) {
    await page.goto(path)
    const sentence = page.locator('main noscript')
    await expect(sentence).toBeVisible()
    expect(await sentence.evaluate(({ textContent }) => textContent)).toMatch(
      /^För att logga in eller skapa konto behöver du JavaScript\./,
    )
    for (const control of ['textbox', 'button'] as const) await expect(page.getByRole(control)).toHaveCount(0)
    await expect(page.getByRole('main').getByRole('link', { name: link })).toBeVisible()
  }
  for (const path of ofScript) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('main noscript')).toBeVisible()
  }
  await context.close()
})

test('a language that was chosen before there were documents is the reader’s still', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('me.language', 'nb'))
  await page.goto('/reports')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ukesrapporter')
  const document = await (await page.reload())?.text()
  expect(document).toContain('<html lang="nb">')
})

test.describe('a reader who has chosen no language', () => {
  test.use({ locale: 'sv-SE' })

  test('keeps that of the document, also where the script hears of another one', async ({
    page,
    context,
  }) => {
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'languages', { value: ['nb-NO', 'nb'], configurable: true }),
    )
    for (const path of ['/chat', '/reports']) {
      await page.goto(path)
      await hydrated(page)
      await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
      await expect(
        page.getByRole('navigation').getByRole('link', { name: 'Rapporter' }).first(),
      ).toBeVisible()
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Veckorapporter')
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('me_language')
    expect(await page.evaluate(() => localStorage.getItem('me.language'))).toBeNull()
  })
})

test('a chosen language stays where the browser has dropped the cookie', async ({ page, context }) => {
  await page.goto('/reports')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Svenska')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Veckorapporter')
  await context.clearCookies()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Veckorapporter')
  const document = await (await page.reload())?.text()
  expect(document).toContain('<html lang="sv">')
})

test('a part of a document whose script is lost stands as the server made it', async ({ page }) => {
  const faults: Error[] = []
  page.on('pageerror', (error) => faults.push(error))
  await page.route('**/assets/SiteFooter-*.js', (route) => route.abort())
  await page.goto('/reports')
  await page.waitForEvent('requestfailed')
  await hydrated(page)
  await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('contentinfo')).toContainText('Privacy')
  expect(faults).toEqual([])
  await page.unrouteAll()
  await page.reload()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Svenska')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Veckorapporter')
})

test('a document whose scripts are lost is read as it is', async ({ page }) => {
  const faults: Error[] = []
  page.on('pageerror', (error) => faults.push(error))
  await page.route('**/assets/entry-client-*.js', (route) => route.abort())
  const isLost = page.waitForEvent('requestfailed')
  await page.goto('/reports')
  await isLost
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click()
  await expect(page).toHaveURL('/chat')
  expect(faults).toEqual([])
})
