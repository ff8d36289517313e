import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { TOTP } from 'otpauth'
import { expect, newMember, signIn, test } from './support/test.ts'

const CODE_PERIOD = 30_000

/** An authenticator app that never returns the same code twice. */
function createAuthenticator(key: string) {
  const totp = new TOTP({ secret: key.replaceAll(' ', '') })
  let lastAt = 0
  return () => {
    lastAt = Math.max(Date.now(), lastAt + CODE_PERIOD)
    return totp.generate({ timestamp: lastAt })
  }
}

const section = (page: Page) => page.getByRole('region', { name: 'Two-step verification' })

/** Starts turning on two-step verification, up to the step that asks for the first code. */
async function startSetup(page: Page, password: string) {
  await section(page).getByRole('button', { name: 'Turn on' }).click()
  await expect(section(page).getByLabel('Current password')).toBeFocused()
  await page.keyboard.type(password)
  await section(page).getByRole('button', { name: 'Continue' }).click()
  await expect(section(page).getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible()
  return createAuthenticator(await section(page).locator('code').innerText())
}

test('two-step verification is turned on, asked for at sign-in, and turned off', async ({ page }) => {
  test.slow()
  const member = await newMember(page)
  await signIn(page, member)
  await page.goto('/account')
  const nextCode = await startSetup(page, member.password)
  const field = section(page).getByRole('textbox', { name: 'Code' })
  await expect(field).toBeFocused()
  await field.fill('12')
  await page.keyboard.press('Enter')
  await expect(field).toHaveAccessibleDescription(/That code isn't right/)
  await field.fill(nextCode())
  await page.keyboard.press('Enter')

  const codes = section(page).getByRole('listitem')
  await expect(codes).toHaveCount(8)
  const saved = page.waitForEvent('download')
  await section(page).getByRole('button', { name: 'Save as a file' }).click()
  const file = await readFile(await (await saved).path(), 'utf8')
  const [first = '', second = ''] = await codes.allInnerTexts()
  expect(file).toContain(`${first}\n${second}\n`)
  await section(page).getByRole('button', { name: 'I have saved them' }).click()
  await expect(codes).toHaveCount(0)
  await expect(section(page).getByText('You have 8 recovery codes left.')).toBeVisible()

  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.goto('/sign-in')
  const submit = page.getByRole('main').getByRole('button', { name: 'Sign in' })
  const code = page.getByRole('textbox', { name: 'Code' })
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await expect(code).toHaveCount(0)
  await submit.click()
  await expect(code).toBeFocused()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await code.fill('12')
  await submit.click()
  await expect(code).toHaveAccessibleDescription(/That code isn't right/)
  await code.fill(nextCode())
  await submit.click()
  await expect(page.getByText('Signed in as')).toBeVisible()

  await page.goto('/account')
  await section(page).getByRole('button', { name: 'Turn off' }).click()
  await expect(section(page).getByLabel('Current password')).toBeFocused()
  await page.keyboard.type(member.password)
  await section(page).getByRole('textbox', { name: 'Code' }).fill(second)
  await section(page).getByRole('button', { name: 'Turn off' }).click()
  await expect(section(page).getByRole('button', { name: 'Turn on' })).toBeVisible()
  await page.reload()
  await expect(section(page).getByRole('button', { name: 'Turn on' })).toBeVisible()
})

test('turning it on can be cancelled at each step', async ({ page }) => {
  const member = await newMember(page)
  await signIn(page, member)
  await page.goto('/account')
  const turnOn = section(page).getByRole('button', { name: 'Turn on' })
  await turnOn.click()
  await section(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(turnOn).toBeFocused()
  await startSetup(page, member.password)
  await section(page).getByRole('textbox', { name: 'Code' }).press('Escape')
  await expect(turnOn).toBeFocused()
  await expect(section(page).getByRole('textbox')).toHaveCount(0)
})

test('turning on two-step verification ends other sessions, and a recovery code signs in once', async ({
  page,
  browser,
  siteUrl,
}) => {
  test.slow()
  const member = await newMember(page)
  const other = await browser.newPage({ baseURL: siteUrl })
  await signIn(other, member)
  await signIn(page, member)
  await page.goto('/account')
  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem')
  await expect(sessions).toHaveCount(2)
  const nextCode = await startSetup(page, member.password)
  await section(page).getByRole('textbox', { name: 'Code' }).fill(nextCode())
  await section(page).getByRole('button', { name: 'Turn on' }).click()
  await expect(section(page).getByRole('listitem')).toHaveCount(8)
  const [recovery = ''] = await section(page).getByRole('listitem').allInnerTexts()
  await expect(sessions).toHaveCount(1)

  await other.goto('/sign-in')
  await other.getByLabel('E-mail').fill(member.email)
  await other.getByLabel('Password', { exact: true }).fill(member.password)
  await other.keyboard.press('Enter')
  await other.getByRole('textbox', { name: 'Code' }).fill(recovery)
  await other.keyboard.press('Enter')
  await expect(other.getByText('Signed in as')).toBeVisible()
  await other.goto('/account')
  await expect(section(other).getByText('You have 7 recovery codes left.')).toBeVisible()
  await other.close()
})
