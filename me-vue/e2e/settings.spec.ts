import { expect, test } from './support/test.ts'

test('the language follows the browser until the user chooses one, which is remembered', async ({
  browser,
  siteUrl,
  page,
}) => {
  const norwegian = await browser.newContext({ locale: 'no-NO', baseURL: siteUrl })
  const elsewhere = await norwegian.newPage()
  await elsewhere.goto('/')
  await expect(elsewhere.locator('html')).toHaveAttribute('lang', 'nb')
  await norwegian.close()

  await page.goto('/')
  await page.getByLabel('Language').selectOption('Svenska')
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Rapporter' })).toBeVisible()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
  await expect(page.getByRole('heading', { name: 'Senaste rapporterna' })).toBeVisible()
})

test('only one language is loaded', async ({ page }) => {
  await page.goto('/', { waitUntil: 'networkidle' })
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  const languages = loaded.flatMap((name) => /\/assets\/(en|sv|nb)-/.exec(name)?.[1] ?? [])
  expect([...new Set(languages)]).toEqual(['en'])
})

test('the theme follows the system until the user chooses one, which is remembered', async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('/')
  const light = await background()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await background()).not.toBe(light)
  await page.getByLabel('Theme').selectOption('Light theme')
  await expect.poll(background).toBe(light)
  await page.reload()
  expect(await background()).toBe(light)
  await page.getByLabel('Theme').selectOption('System theme')
  await expect.poll(background).not.toBe(light)
})
