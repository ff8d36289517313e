import type { CDPSession, Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { visitor, test as chatTest } from './support/chat.ts'
import { ownerAccount } from './support/server.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

const section = (page: Page) => page.getByRole('region', { name: 'Passkeys' })
const passkeys = (page: Page) => section(page).getByRole('listitem')
const bySelf = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Use a passkey' })

/** Gives the browser an authenticator that is part of the device and says that it has checked its user. */
async function withAuthenticator(page: Page) {
  const cdp: CDPSession = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  return {
    /** The device no longer recognises its user, as after a wrong finger. */
    refuse: () => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  }
}

/** Adds a passkey on the account page, by keyboard. */
async function addPasskey(page: Page, name: string): Promise<void> {
  await section(page).getByRole('button', { name: 'Add a passkey' }).press('Enter')
  const field = section(page).getByRole('textbox', { name: 'Name' })
  await expect(field).toBeFocused()
  await field.fill(name)
  await field.press('Enter')
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
}

test('a passkey is added, signs in without a password, and is removed', async ({ page }) => {
  await withAuthenticator(page)
  await signIn(page, await newMember(page))
  await page.goto('/account')
  await addPasskey(page, 'My phone')
  await expect(section(page).getByRole('status')).toHaveText('The passkey My phone is added.')
  await expect(passkeys(page)).toHaveText([/^My phone ?Added today, \d\d:\d\d\. Not used yet\./])
  await expect(section(page).getByRole('button', { name: 'Add a passkey' })).toBeFocused()

  await signOut(page)
  await page.goto('/sign-in?redirect=/account')
  await bySelf(page).press('Enter')
  await expect(page).toHaveURL('/account')
  await expect(passkeys(page)).toHaveText([/Last used today, \d\d:\d\d\./])
  await page.reload()
  await expect(page.getByText('Signed in as')).toBeVisible()

  await section(page).getByRole('button', { name: 'Remove the passkey My phone' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove the passkey My phone?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(passkeys(page)).toHaveCount(1)
  await section(page).getByRole('button', { name: 'Remove the passkey My phone' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(passkeys(page)).toHaveCount(0)
  await expect(section(page).getByRole('status')).toHaveText('The passkey is removed.')

  // The device still has it, and the site no longer does.
  await signOut(page)
  await page.goto('/sign-in')
  await bySelf(page).click()
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(
    'That passkey does not work here. Sign in with your password.',
  )
})

test('a device has one passkey for an account, and who cancels sees no error', async ({ page }) => {
  const device = await withAuthenticator(page)
  await signIn(page, await newMember(page))
  await page.goto('/account')
  await addPasskey(page, 'One')
  await expect(passkeys(page)).toHaveCount(1)
  await addPasskey(page, 'Two')
  await expect(section(page).getByRole('alert')).toHaveText(
    'This device already has a passkey for this site.',
  )
  await expect(passkeys(page)).toHaveCount(1)

  await signOut(page)
  await device.refuse()
  await page.goto('/sign-in')
  const asked = page.waitForResponse('**/api/login/passkey/options')
  await bySelf(page).click()
  await asked
  await expect(bySelf(page)).not.toHaveAttribute('aria-disabled')
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0)
  await expect(page).toHaveURL('/sign-in')
})

test('adding a passkey can be cancelled, by the button and by Escape', async ({ page }) => {
  await withAuthenticator(page)
  await signIn(page, await newMember(page))
  await page.goto('/account')
  const field = section(page).getByRole('textbox', { name: 'Name' })
  const add = section(page).getByRole('button', { name: 'Add a passkey' })
  for (const cancel of [
    () => section(page).getByRole('button', { name: 'Cancel' }).press('Enter'),
    () => field.press('Escape'),
  ]) {
    await addPasskey(page, '   ')
    await expect(section(page).getByRole('alert')).toBeVisible()
    await cancel()
    await expect(add).toBeFocused()
    await add.press('Enter')
    await expect(field).toHaveValue('')
    await expect(section(page).getByRole('alert')).toHaveCount(0)
    await field.press('Escape')
  }
  await expect(passkeys(page)).toHaveCount(0)
})

for (const name of ['   ', 'x'.repeat(41)])
  test(`a passkey is not named ${JSON.stringify(name)}`, async ({ page }) => {
    await withAuthenticator(page)
    await signIn(page, await newMember(page))
    await page.goto('/account')
    await addPasskey(page, name)
    const field = section(page).getByRole('textbox', { name: 'Name' })
    await expect(field).toHaveAccessibleDescription('Between 1 and 40 characters.')
    await expect(field).toBeFocused()
    await expect(field).toHaveValue(name)
  })

test('at an IP address the site offers no passkeys and says why', async ({ page, siteUrl }) => {
  const address = siteUrl.replace('localhost', '127.0.0.1')
  const member = await newMember(page)
  await page.goto(`${address}/sign-in`)
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await expect(bySelf(page)).toHaveCount(0)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Signed in as')).toBeVisible()
  await page.goto(`${address}/account`)
  await expect(section(page)).toContainText('only over https and at a named address')
  await expect(section(page).getByRole('button')).toHaveCount(0)
})

chatTest('a passkey confirms who one is', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await withAuthenticator(page)
  await signIn(page, ownerAccount)
  await page.goto('/account')
  await addPasskey(page, 'My laptop')
  await expect(passkeys(page)).toHaveCount(1)
  server.runSql('update sessions set proved_at = proved_at - 3600000')
  await page.getByRole('button', { name: 'Delete my messages' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click()
  await page
    .getByRole('dialog', { name: 'Confirm it is you' })
    .getByRole('button', { name: 'Use a passkey instead' })
    .click()
  await expect(page.getByText('Your messages are deleted.')).toBeVisible()
  await page.goto('/moderation')
  await expect(page.getByText('owner added the passkey My laptop')).toBeVisible()
})

for (const [colorScheme, width] of [
  ['light', 320],
  ['dark', 390],
] as const)
  test(`passkeys pass axe and fit in ${width} pixels, ${colorScheme}`, async ({ browser, siteUrl }) => {
    const viewport = { width, height: 844 }
    const context = await browser.newContext({
      baseURL: siteUrl,
      colorScheme,
      viewport,
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    await withAuthenticator(page)
    await page.goto('/sign-in')
    await expect(bySelf(page)).toBeVisible()
    await expectAccessible(page)
    await signIn(page, await newMember(page))
    await page.goto('/account')
    await addPasskey(page, 'The telephone with quite a long name')
    await expect(passkeys(page)).toHaveCount(1)
    await addPasskey(page, 'Two')
    await expect(section(page).getByRole('alert')).toBeVisible()
    await expectAccessible(page)
    await expectNoOverflow(page)
    await context.close()
  })
