import type { Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { expect, signIn, test } from './support/test.ts'

type Report = { week: number; title: string; text: string }

test.beforeEach(({ page }) => signIn(page))

const text = (page: Page) => page.getByRole('textbox', { name: 'Text', exact: true })
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click()
const conflict = (page: Page) => page.getByRole('heading', { name: 'The page was changed elsewhere' })

/** A report that another tab saves after this one has opened it. */
async function changedElsewhere(page: Page, publish: (report: Report) => Promise<void>) {
  await publish({ week: 40, title: 'Autumn', text: 'Leaves.' })
  await page.goto('/reports/week/40/edit')
  await text(page).fill('Mine.')
  const other = await page.context().newPage()
  await other.goto('/reports/week/40/edit')
  await text(other).fill('Theirs.')
  await save(other)
  await expect(other.getByText('Saved.')).toBeVisible()
  await save(page)
  await expect(conflict(page)).toBeFocused()
  await expect(conflict(page)).toBeInViewport()
  return other
}

test('a report that another tab has saved is not overwritten: both texts are shown, and mine can be saved', async ({
  page,
  publish,
}) => {
  const other = await changedElsewhere(page, publish)
  await expect(page.getByRole('region', { name: 'Text: Saved there' })).toContainText('Theirs.')
  await expect(page.getByRole('region', { name: 'Text: Yours' })).toContainText('Mine.')
  await expect(page.getByRole('region', { name: /^Title/ })).toHaveCount(0)
  await other.goto('/reports/week/40')
  await expect(other.getByText('Theirs.')).toBeVisible()
  await expectAccessible(page)

  await text(page).fill('Mine and theirs.')
  await page.getByRole('button', { name: 'Save mine' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(conflict(page)).toHaveCount(0)
  await other.reload()
  await expect(other.getByText('Mine and theirs.')).toBeVisible()
  await text(page).fill('Once more.')
  await save(page)
  await expect(page.getByText('Saved.')).toBeVisible()
})

test('the owner goes on from the text that another tab has saved', async ({ page, publish }) => {
  await changedElsewhere(page, publish)
  await page.getByRole('button', { name: 'Use the other one' }).click()
  await expect(text(page)).toHaveValue('Theirs.')
  await expect(conflict(page)).toHaveCount(0)
  await text(page).fill('Theirs, and more.')
  await save(page)
  await expect(page.getByText('Saved.')).toBeVisible()
})

test('a draft that was kept over a reload does not overwrite what was saved since', async ({
  page,
  publish,
}) => {
  await publish({ week: 41, title: 'Autumn', text: 'Leaves.' })
  await page.goto('/reports/week/41/edit')
  await text(page).fill('Mine.')
  const answer = await page.request.put('/api/reports/week/41', {
    data: { title: 'Autumn', text: 'Theirs.' },
  })
  expect(answer.status()).toBe(200)
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await expect(text(page)).toHaveValue('Mine.')
  await save(page)
  await expect(page.getByRole('region', { name: 'Text: Saved there' })).toContainText('Theirs.')
})

test('a presentation that another tab has saved is not overwritten either', async ({ page }) => {
  await page.goto('/edit')
  await page.getByLabel('Headline').fill('Mine')
  const home = await (await page.request.get('/api')).json()
  const answer = await page.request.put('/api', { data: { ...home.data, headline: 'Theirs' } })
  expect(answer.status()).toBe(200)
  await save(page)
  await expect(page.getByRole('region', { name: 'Headline: Saved there' })).toContainText('Theirs')
  await page.getByRole('button', { name: 'Save mine' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  expect((await (await page.request.get('/api')).json()).data.headline).toBe('Mine')
})
