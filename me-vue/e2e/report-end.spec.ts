import { expect, signIn, test } from './support/test.ts'

test('a report names its author, and ends in all reports, the chat, sharing and the reports beside it', async ({
  page,
  context,
  publish,
}) => {
  await publish({ week: 7, title: 'Seven', text: 'Words.' })
  await publish({ week: 8, title: 'Eight', text: 'Words.' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/reports/week/7')
  await expect(page.getByText('by Your Name')).toBeVisible()
  const article = page.getByRole('article')
  await expect(article.getByRole('link', { name: 'Talk about it in the chat' })).toHaveAttribute(
    'href',
    '/chat',
  )
  await article.getByRole('button', { name: 'Share' }).click()
  await expect(article.getByText('Link copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url())
  await article.getByRole('link', { name: 'Eight' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Eight')
  await article.getByRole('link', { name: 'All reports' }).click()
  await expect(page).toHaveURL(/\/reports$/)
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

type Presented = { data: { headline: string } }

test.describe('for a reader of another language', () => {
  test.use({ locale: 'nb-NO' })

  test('what the owner writes is marked with the owner’s language', async ({ page, publish }) => {
    await publish({ week: 7, title: 'Seven', text: 'Words of the owner.' })
    const languageOf = (text: string) =>
      page
        .getByRole('main')
        .getByText(text)
        .first()
        .evaluate((element) => element.closest('[lang]')?.getAttribute('lang'))
    await page.goto('/reports/week/7')
    expect(await languageOf('Words of the owner.')).toBe('en')
    expect(await languageOf('Seven')).toBe('en')
    expect(await languageOf('Uke 7')).toBe('nb')
    await page.goto('/')
    const { data } = (await (await page.request.get('/api')).json()) as Presented
    expect(await languageOf(data.headline)).toBe('en')
    expect(await languageOf('Seven')).toBe('en')
  })
})

test('“Leave without saving?” offers to stay, and a link without its scheme is completed', async ({
  page,
}) => {
  await signIn(page)
  await page.goto('/edit')
  await page.getByRole('button', { name: 'Add link' }).click()
  await page.getByLabel('Link text').last().fill('Code')
  await page.getByLabel('Address').last().fill('example.org/code')
  await page.getByRole('banner').getByRole('link', { name: 'Reports' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
  await expect(page).toHaveURL(/\/edit$/)
  await page.getByLabel('Address').last().press('Control+s')
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(page.getByLabel('Address').last()).toHaveValue('https://example.org/code')
})

test('sessions of one browser are told apart by the time of day', async ({ page }) => {
  await signIn(page)
  await page.goto('/account')
  await expect(
    page.getByText(/Signed in today, \d\d:\d\d\. Last used today, \d\d:\d\d\./).first(),
  ).toBeVisible()
})
