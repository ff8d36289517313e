import { expect, test } from './support/test.ts'

test.use({ settings: { CHAT_RETENTION_DAYS: '30', TRUST_PROXY: '1', REGISTRATION: 'closed' } })

test('the privacy page states the retention time and the proxy in the chosen language', async ({ page }) => {
  await page.goto('/privacy')
  await expect(page.getByText('It is deleted 30 days after you sent it')).toBeVisible()
  await expect(page.getByText('Another server stands in front of this one')).toBeVisible()
  await expect(page.getByText('Only the owner has an account here.')).toBeVisible()
  await page.getByLabel('Language').selectOption('sv')
  await expect(page.getByText('Det tas bort 30 dagar efter att du skickade det')).toBeVisible()
  await page.getByLabel('Språk').selectOption('nb')
  await expect(page.getByText('Det blir slettet 30 dager etter at du sendte det')).toBeVisible()
})
