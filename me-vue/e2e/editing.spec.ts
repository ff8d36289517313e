import type { Page } from '@playwright/test'
import { givePicture } from './support/give-picture.ts'
import { expect, signIn, test } from './support/test.ts'

test.beforeEach(({ page }) => signIn(page))

const text = (page: Page) => page.getByRole('textbox', { name: 'Text', exact: true })

test('the owner edits the presentation, sees the preview and the saved page', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Headline').fill('I keep the light on.')
  await text(page).fill('First *lines*.\n\nMore of it.')
  await expect(page.getByRole('region', { name: 'Preview' }).locator('em')).toHaveText('lines')
  await page.getByRole('button', { name: 'Add link' }).click()
  await page.getByLabel('Link text').last().fill('Code')
  await page.getByLabel('Address').last().fill('https://example.org/code')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible()
  await page.getByRole('link', { name: 'View page' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('I keep the light on.')
  await expect(page.getByRole('link', { name: 'Code' })).toHaveAttribute('href', 'https://example.org/code')
})

test('an invalid field shows its error, and the other fields keep their text', async ({ page }) => {
  await page.goto('/edit')
  await page.getByLabel('Headline').fill('')
  await text(page).fill('Still here.')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByLabel('Headline')).toHaveAccessibleDescription('Write a headline.')
  await expect(page.getByLabel('Headline')).toBeFocused()
  await expect(text(page)).toHaveValue('Still here.')
})

test('links are reordered with buttons, and the focus moves with them', async ({ page }) => {
  await page.goto('/edit')
  await expect(page.getByLabel('Headline')).not.toHaveValue('')
  const words = page.getByLabel('Link text')
  const before = await words.count()
  for (const name of ['first', 'second']) {
    await page.getByRole('button', { name: 'Add link' }).click()
    await words.last().fill(name)
  }
  await page.getByRole('group', { name: 'second' }).getByRole('button', { name: 'Move up' }).click()
  await expect(words.nth(before)).toHaveValue('second')
  const moved = page.getByRole('group', { name: 'second' }).getByRole('button')
  await expect(moved.and(page.locator(':focus'))).toHaveCount(1)
})

test('a report is created, edited, and deleted after a confirmation', async ({ page }) => {
  await page.goto('/reports')
  await page.getByRole('link', { name: 'Write a report' }).click()
  await page.getByLabel('Week').fill('50')
  await page.getByLabel('Title').fill('Ice on the pond')
  await text(page).fill('It holds.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL('/reports/week/50')
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Title').fill('Thin ice')
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByText('Saved.')).toBeVisible()

  await page.getByRole('button', { name: 'Delete' }).click()
  const confirmation = page.getByRole('dialog', { name: 'Delete the report for week 50?' })
  await confirmation.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Delete' })).toBeFocused()
  await page.getByRole('button', { name: 'Delete' }).click()
  await confirmation.getByRole('button', { name: 'Delete report' }).click()
  await expect(page).toHaveURL('/reports')
  await expect(page.getByText('Thin ice')).toHaveCount(0)
})

test('the editor of a report opens at its own address, and again after a reload', async ({
  page,
  publish,
}) => {
  await publish({ week: 52, title: 'Snow', text: 'It falls.' })
  await page.goto('/reports/week/52/edit')
  await expect(page.getByLabel('Title')).toHaveValue('Snow')
  await page.reload()
  await expect(text(page)).toHaveValue('It falls.')
  await page.goto('/reports/week/97/edit')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No report for that week.')
})

test('a week that already has a report is refused with an error at its field', async ({ page, publish }) => {
  await publish({ week: 51, title: 'Taken', text: 'Words.' })
  await page.goto('/reports/new')
  await page.getByLabel('Week').fill('51')
  await page.getByLabel('Title').fill('Mine')
  await text(page).fill('Mine.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Week')).toHaveAccessibleDescription(
    'There is already a report for that week.',
  )
})

test('the editor asks for confirmation before unsaved text is discarded', async ({ page }) => {
  await page.goto('/edit')
  await page.getByLabel('Headline').fill('Half a thought')
  const home = page.getByRole('navigation').getByRole('link', { name: 'Home' })
  await home.click()
  const confirmation = page.getByRole('dialog', { name: 'Leave without saving?' })
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Headline')).toHaveValue('Half a thought')
  await home.click()
  await confirmation.getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL('/')
  await page.goto('/edit')
  await expect(page.getByLabel('Headline')).not.toHaveValue('Half a thought')
})

test('“Leave without saving?” offers to stay, and a link without its scheme is completed', async ({
  page,
}) => {
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

test('the browser asks for confirmation before a tab with unsaved text is closed', async ({ page }) => {
  await page.goto('/edit')
  await page.getByLabel('Headline').fill('Half a thought')
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  const closed = page.waitForEvent('close')
  await dialog.accept()
  await closed
})

test('unsaved text is kept when the session ends during editing', async ({ page }) => {
  await page.goto('/edit')
  await page.getByLabel('Headline').fill('Written as the session ended')
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('You have been signed out.')
  await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('owner@example.org')
  await page.getByLabel('Password', { exact: true }).fill('a lamp in the window')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Headline')).toHaveValue('Written as the session ended')
  await expect(page.getByText('Your unsaved text is back.')).toBeVisible()
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(page.getByLabel('Headline')).not.toHaveValue('Written as the session ended')
})

test('the editor shows either the text or the preview on a narrow screen', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/edit')
  await text(page).fill('A **bold** word.')
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(text(page)).toBeHidden()
  await expect(page.getByRole('region', { name: 'Preview' }).locator('strong')).toHaveText('bold')
})

test('a picture that is dropped on an editor is refused in words, and the page stays', async ({ page }) => {
  await page.goto('/reports/new')
  await text(page).fill('Half a report')
  for (const type of ['dragover', 'drop'] as const) expect(await givePicture(page, type)).toBe(true)
  await expect(page.getByText("Pictures and other files can't be added yet.")).toBeVisible()
  await expect(text(page)).toHaveValue('Half a report')
  await text(page).fill('')
})
