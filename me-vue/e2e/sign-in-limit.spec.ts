import { expect, test } from './support/test.ts'

test.use({ settings: { LIMIT_LOGINS: '1/15m' } })

test('too many sign-in attempts show how long to wait', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('nobody@example.org')
  await page.getByLabel('Password', { exact: true }).fill('a guess')
  const submit = page.getByRole('main').getByRole('button', { name: 'Sign in' })
  await submit.click()
  await expect(page.getByRole('alert')).toHaveText('Wrong e-mail or password.')
  await submit.click()
  await expect(page.getByRole('alert')).toHaveText(/Try again in 1\d minutes/)
})
