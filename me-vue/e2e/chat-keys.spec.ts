import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test, visitor } from './support/chat.ts'

const sheetOf = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' })

test('the ? key opens the list of shortcuts and commands, and closing it returns the focus', async ({
  browser,
  house,
}) => {
  const { page, comeIn, say, message } = await visitor(browser, house)
  await comeIn('Ada')
  await say('hej')
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await message('hej').focus()
  await page.keyboard.press('?')
  await expect(sheetOf(page)).toContainText('Enter, Shift + Enter')
  await expect(sheetOf(page)).toContainText('/nick Name')
  await page.keyboard.press('?')
  await expect(sheetOf(page)).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(sheetOf(page)).toHaveCount(0)
  await expect(message('hej')).toBeFocused()
})

test('the list of shortcuts and commands fits on a laptop screen without scrolling', async ({
  browser,
  house,
}) => {
  const { page, comeIn, say } = await visitor(browser, house, { viewport: { width: 1280, height: 800 } })
  await comeIn('Ada')
  await say('/help')
  await expect(sheetOf(page).getByRole('checkbox', { name: 'Open this list with ?' })).toBeInViewport({
    ratio: 1,
  })
  await expect(sheetOf(page)).toBeInViewport({ ratio: 1 })
  expect(await sheetOf(page).evaluate((it) => it.scrollHeight - it.clientHeight)).toBe(0)
})

test('the ? key types a question mark in the message field', async ({ browser, house }) => {
  const { page, comeIn, field } = await visitor(browser, house)
  await comeIn('Ada')
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible()
  await field.press('?')
  await expect(field).toHaveValue('?')
  await expect(sheetOf(page)).toHaveCount(0)
})

test('the settings menu opens the list of shortcuts, and the ? key can be turned off permanently', async ({
  browser,
  house,
}) => {
  const { page, comeIn } = await visitor(browser, house)
  await comeIn('Ada')
  const menu = page.getByRole('button', { name: 'Settings' })
  await menu.click()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await sheetOf(page).getByRole('checkbox', { name: 'Open this list with ?' }).click()
  await page.keyboard.press('Escape')
  await expect(sheetOf(page)).toHaveCount(0)
  await expect(menu).toBeFocused()
  await page.reload()
  await menu.focus()
  await page.keyboard.press('?')
  await menu.click()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await expect(sheetOf(page).getByRole('checkbox', { name: 'Open this list with ?' })).not.toBeChecked()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the list of shortcuts and commands passes axe, ${colorScheme}`, async ({ browser, house }) => {
    const { page, comeIn, say } = await visitor(browser, house, { colorScheme, reducedMotion: 'reduce' })
    await comeIn('Ada')
    await say('/help')
    await expect(sheetOf(page)).toBeVisible()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  })
