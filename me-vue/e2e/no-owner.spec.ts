import { expect, test } from './support/test.ts'

test.use({ settings: { OWNER_EMAIL: '', OWNER_PASSWORD: '' } })

test('registration says what to do first when the site has no owner', async ({ page }) => {
  await page.goto('/register')
  await page.getByLabel('Nick').fill('early')
  await page.getByLabel('E-mail').fill('early@example.org')
  await page.getByLabel('Password', { exact: true }).fill('long enough now')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByRole('alert')).toHaveText(/This site has no owner yet.*npm run owner/)
})
