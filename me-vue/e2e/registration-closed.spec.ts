import { expect, signIn, test } from './support/test.ts'

test.use({ settings: { REGISTRATION: 'closed' } })

test('the pages say so and offer nothing that cannot work', async ({ page }) => {
  await page.goto('/register#an-invitation')
  await expect(page.getByText('Registration is closed here.')).toBeVisible()
  await signIn(page)
  await page.goto('/members')
  await expect(page.getByText('REGISTRATION=invited')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invite somebody' })).toHaveCount(0)
})
