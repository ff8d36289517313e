import { expect, test, visitor } from './support/chat.ts'

test('the chat’s menu has language, theme, account and privacy', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await page.getByRole('button', { name: 'Settings' }).click()
  const menu = page.getByRole('dialog')
  await menu.getByLabel('Theme').selectOption('dark')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await menu.getByLabel('Language').selectOption('sv')
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv')
  await expect(menu.getByRole('link', { name: 'Integritet' })).toHaveAttribute('href', '/privacy')
  await menu.getByRole('link', { name: 'Logga in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?redirect=\/chat$/)
})
