import type { Page } from '@playwright/test'
import { expect, newMember, signIn, test } from './support/test.ts'

test('the account page lists the sessions and ends another one', async ({ page, browser, siteUrl }) => {
  const member = await newMember(page)
  const other = await browser.newPage({ baseURL: siteUrl })
  await signIn(other, member)
  await signIn(page, member)
  await page.getByRole('link', { name: 'Signed in as' }).click()
  await expect(page).toHaveURL('/account')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account')

  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem')
  await expect(sessions).toHaveCount(2)
  await expect(sessions.filter({ hasText: 'This browser' })).toHaveText(/Chrome, (Linux|Windows)/)
  await sessions.getByRole('button', { name: 'Sign out there' }).click()
  await expect(sessions).toHaveCount(1)
  await expect(page.getByText('Signed out there.')).toBeVisible()

  await other.reload()
  await expect(other.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
  await other.close()
  await page.reload()
  await expect(sessions).toHaveCount(1)
})

test('sessions of one browser are told apart by the time of day', async ({ page }) => {
  await signIn(page)
  await page.goto('/account')
  await expect(
    page.getByText(/Signed in today, \d\d:\d\d\. Last used today, \d\d:\d\d\./).first(),
  ).toBeVisible()
})

test('the password is changed only with the current one, and all other sessions end', async ({
  page,
  browser,
  siteUrl,
}) => {
  const member = await newMember(page)
  const other = await browser.newPage({ baseURL: siteUrl })
  await signIn(other, member)
  await signIn(page, member)
  await page.goto('/account')
  const [current, next] = [page.getByLabel('Current password'), page.getByLabel('New password')]
  const change = page.getByRole('button', { name: 'Change password' })
  await current.fill('not this one')
  await next.fill('another ten letters')
  await change.click()
  await expect(current).toHaveAccessibleDescription('That is not your current password.')
  await expect(current).toBeFocused()
  await current.fill(member.password)
  await next.fill('short')
  await change.click()
  await expect(next).toHaveAccessibleDescription(/at least 10 characters/)
  await next.fill('another ten letters')
  await change.click()
  await expect(page.getByText('Password changed.')).toBeVisible()
  await expect(current).toHaveValue('')

  await other.reload()
  await expect(other.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
  await signIn(other, { ...member, password: 'another ten letters' })
  await other.close()
})

test('the account page links to signing in, which leads back to it', async ({ page }) => {
  const member = await newMember(page)
  await page.goto('/account')
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/account')
  await expect(page.getByText(`${member.nick}, ${member.email}`)).toBeVisible()
})

test('a change of nick is seen in another tab, which does not undo it', async ({ page, context }) => {
  const member = await newMember(page)
  await signIn(page, member)
  const other = await context.newPage()
  for (const tab of [page, other]) await tab.goto('/account')
  const field = (tab: Page, name: string) =>
    tab.getByRole('region', { name: 'Nick and e-mail' }).getByLabel(name, { exact: true })
  const save = async (tab: Page) => {
    await field(tab, 'Your password, to confirm').fill(member.password)
    await tab.keyboard.press('Enter')
    await expect(tab.getByText('Saved.')).toBeVisible()
  }
  // What is being written there stays.
  await field(other, 'E-mail').fill(`new-${member.email}`)
  await field(page, 'Nick').fill(`new ${member.nick}`)
  await save(page)
  await expect(other.getByRole('contentinfo').getByText(`Signed in as new ${member.nick}`)).toBeVisible()
  await expect(field(other, 'Nick')).toHaveValue(`new ${member.nick}`)
  await save(other)
  for (const tab of [page, other])
    await expect(tab.getByText(`new ${member.nick}, new-${member.email}`)).toBeVisible()
})

for (const [path, heading, again] of [
  ['/account', 'Your account', 'by the button'],
  ['/members', 'Members', 'by the button'],
  ['/members', 'Members', 'by itself'],
] as const)
  test(`${path} says that the server does not answer, and goes on ${again}`, async ({ page }) => {
    await signIn(page)
    await page.route('**/api/me', (route) => route.abort())
    await page.goto(path)
    const main = page.getByRole('main')
    await expect(main.getByRole('alert')).toContainText("Couldn't reach the server.")
    await expect(main.getByRole('link', { name: 'Sign in' })).toHaveCount(0)
    await page.unroute('**/api/me')
    if (again === 'by itself') await page.evaluate(() => dispatchEvent(new Event('online')))
    else await main.getByRole('button', { name: 'Try again' }).click()
    await expect(main.getByRole('alert')).toHaveCount(0)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expect(page.getByRole('contentinfo').getByText('Signed in as owner')).toBeVisible()
  })
