import { ownerAccount } from './support/server.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

test('a wrong password shows an error, and the e-mail stays in its field', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(ownerAccount.email)
  await page.getByLabel('Password', { exact: true }).fill('not this one')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('Wrong e-mail or password.')
  await expect(page.getByLabel('E-mail')).toHaveValue(ownerAccount.email)
})

test('signing in leads back to the previous page and lasts until signing out', async ({ page }) => {
  await page.goto('/reports')
  await page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(ownerAccount.email)
  await page.getByLabel('Password', { exact: true }).fill(ownerAccount.password)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL('/reports')
  await page.reload()
  await expect(page.getByText('Signed in as')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
})

for (const elsewhere of ['https://example.com/', '//example.com', '/\\example.com'])
  test(`signing in does not redirect to ${elsewhere}`, async ({ page, siteUrl }) => {
    await page.goto(`/sign-in?redirect=${encodeURIComponent(elsewhere)}`)
    await page.getByLabel('E-mail').fill(ownerAccount.email)
    await page.getByLabel('Password', { exact: true }).fill(ownerAccount.password)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(`${siteUrl}/`)
  })

test('registration shows an error at each invalid field, then signs in', async ({ page }) => {
  await page.goto('/register')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(
    'That does not look like an e-mail address.',
  )
  const nick = `lantern-${process.pid}`
  await page.getByLabel('Nick').fill(nick)
  await page.getByLabel('E-mail').fill(`${nick}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill('too short')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(
    /at least 10 characters/,
  )
  await page.getByLabel('Password', { exact: true }).fill('long enough now')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByText(`Signed in as ${nick}`)).toBeVisible()
  await expect(page).toHaveURL(/\/$/)
})

test('registration signs in with one request and leads back to the page before', async ({ page }) => {
  const nick = `lamp-${process.pid}`
  const asked: string[] = []
  page.on('request', (request) => request.method() === 'POST' && asked.push(new URL(request.url()).pathname))
  await page.goto('/register?redirect=/reports')
  await page.getByLabel('Nick').fill(nick)
  await page.getByLabel('E-mail').fill(`${nick}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill('password123')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/easy to guess/)
  await page.getByLabel('Password', { exact: true }).fill('long enough now')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/reports$/)
  await expect(page.getByText(`Signed in as ${nick}`)).toBeVisible()
  await page.reload()
  await expect(page.getByText(`Signed in as ${nick}`)).toBeVisible()
  expect(asked.filter((path) => !path.startsWith('/socket.io'))).toEqual(['/api/register', '/api/register'])
})

test('who has forgotten the password reads what can be done here', async ({ page }) => {
  await page.goto('/sign-in')
  await expect(page.getByText('The owner can give you a link')).toBeHidden()
  await page.getByText('Forgot your password?').click()
  await expect(page.getByText('The owner can give you a link')).toBeVisible()
  await expect(page.getByText('npm run owner')).toBeVisible()
})

test('registration refuses a taken nick with an error at its field', async ({ page }) => {
  const { nick } = await newMember(page)
  await page.goto('/register')
  await page.getByLabel('Nick').fill(nick.toUpperCase())
  await page.getByLabel('E-mail').fill('somebody.else@example.org')
  await page.getByLabel('Password', { exact: true }).fill('long enough now')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByLabel('Nick')).toHaveAccessibleDescription('That nick is reserved. Try another.')
})

test('a password can be shown and hidden', async ({ page }) => {
  await page.goto('/sign-in')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('a secret')
  await page.getByRole('button', { name: 'Show password' }).click()
  await expect(password).toHaveAttribute('type', 'text')
  await page.getByRole('button', { name: 'Hide password' }).click()
  await expect(password).toHaveAttribute('type', 'password')
})

test('a member sees no controls of the owner, and the server refuses the member’s requests', async ({
  page,
}) => {
  await signIn(page, await newMember(page))
  for (const path of ['/', '/reports']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('link', { name: /Edit|Write a report/ })).toHaveCount(0)
  }
  await page.goto('/edit')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Only the owner writes here.')
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0)
  const status = await page.evaluate(async () => {
    const body = JSON.stringify({ name: 'x', headline: 'x', text: 'x', links: [] })
    return (await fetch('/api', { method: 'PUT', headers: { 'content-type': 'application/json' }, body }))
      .status
  })
  expect(status).toBe(403)
})

test('signing out in one tab signs all tabs out, and signing in signs them in', async ({ page }) => {
  await signIn(page)
  const other = await page.context().newPage()
  await other.goto('/reports')
  await expect(other.getByRole('link', { name: 'Write a report' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(other.getByRole('link', { name: 'Write a report' })).toHaveCount(0)
  await signIn(page)
  await expect(other.getByRole('link', { name: 'Write a report' })).toBeVisible()
})

test('a tab whose session the server has ended notices with its next request', async ({ page }) => {
  await signIn(page)
  await page.goto('/reports')
  await expect(page.getByRole('link', { name: 'Write a report' })).toBeVisible()
  await page.context().clearCookies()
  await page.getByRole('link', { name: /^Signed in as/ }).click()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
})
