import { hydrated } from './support/hydrated.ts'
import { expect, signIn, test } from './support/test.ts'

test.use({ settings: { REGISTRATION: 'invited' } })

test('the owner’s invitation opens the form once', async ({ page, browser, siteUrl }) => {
  await signIn(page)
  await page.goto('/members')
  await expect(page.getByText('Only those whom you invite can register.')).toBeVisible()
  await expect(page.getByText('Nobody else has an account yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const url = await page.getByLabel('Link', { exact: true }).inputValue()
  const path = url.slice(new URL(url).origin.length)

  const guest = await browser.newPage({ baseURL: siteUrl })
  await guest.goto('/register')
  await expect(guest.getByText('Only those whom the owner has invited')).toBeVisible()
  await expect(guest.getByLabel('Nick')).toHaveCount(0)
  await hydrated(guest)
  const fill = async (nick: string) => {
    await guest.getByLabel('Nick').fill(nick)
    await guest.getByLabel('E-mail').fill(`${nick}@example.org`)
    await guest.getByLabel('Password', { exact: true }).fill('long enough now')
    await guest.getByRole('button', { name: 'Register' }).click()
  }
  await guest.goto(path)
  await expect(guest.getByText('The owner has invited you to register here.', { exact: true })).toBeVisible()
  await fill('lantern')
  await expect(guest.getByText('Signed in as lantern')).toBeVisible()
  await guest.getByRole('button', { name: 'Sign out' }).click()
  await guest.goto(path)
  await fill('candle')
  await expect(guest.getByRole('alert')).toHaveText(/This invitation was used already/)
  await guest.close()

  await page.reload()
  await expect(page.getByRole('listitem').filter({ hasText: 'lantern' })).toBeVisible()
})
