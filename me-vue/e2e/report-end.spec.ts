import { expect, test } from './support/test.ts'

test('a report names its author and ends with links to other reports and the chat, and a button that shares it', async ({
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

type Presented = { data: { headline: string } }

test.describe('for a reader of another language', () => {
  test.use({ locale: 'nb-NO' })

  test('what the owner writes is marked with the owner’s language', async ({ page, publish }) => {
    // The home page lists the highest weeks, also those of other tests.
    await publish({ week: 53, title: 'Seven', text: 'Words of the owner.' })
    const languageOf = (text: string) =>
      page
        .getByRole('main')
        .getByText(text)
        .first()
        .evaluate((element) => element.closest('[lang]')?.getAttribute('lang'))
    await page.goto('/reports/week/53')
    expect(await languageOf('Words of the owner.')).toBe('en')
    expect(await languageOf('Seven')).toBe('en')
    expect(await languageOf('Uke 53')).toBe('nb')
    await page.goto('/')
    const { data } = (await (await page.request.get('/api')).json()) as Presented
    expect(await languageOf(data.headline)).toBe('en')
    expect(await languageOf('Seven')).toBe('en')
  })
})
