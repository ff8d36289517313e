import { expect, signIn, test } from './support/test.ts'

test.use({ settings: { REGISTRATION: 'closed' } })

test('where registration is closed, the pages say so and do not offer it', async ({ page }) => {
  await page.goto('/register#an-invitation')
  await expect(page.getByText('Registration is closed here.')).toBeVisible()
  await signIn(page)
  await page.goto('/members')
  await expect(page.getByText('REGISTRATION=invited')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invite somebody' })).toHaveCount(0)
})
