import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { TOTP } from 'otpauth'
import { expectAccessible } from './support/axe.ts'
import { expect, openAsOwner, test, visitor } from './support/chat.ts'
import { ownerAccount } from './support/server.ts'
import type { TestServer } from './support/test-server.ts'

const title = 'Confirm it is you'
const dialogOn = (page: Page) => page.getByRole('dialog', { name: title })
const password = (page: Page) => dialogOn(page).getByLabel('Password', { exact: true })

/** Every session has proved who its user is longer ago than the hour for which that holds. */
const letAnHourPass = (server: TestServer) =>
  server.runSql('update sessions set proved_at = proved_at - 3600000')

/** The owner signed in more than an hour ago and is on their account page; they have written in the chat. */
async function ownerAnHourLater(browser: Browser, server: TestServer, options: BrowserContextOptions = {}) {
  const owner = await openAsOwner(browser, server, options)
  await owner.send('words of the owner')
  await expect(owner.message('words of the owner')).toBeVisible()
  await owner.page.goto('/account')
  letAnHourPass(server)
  return owner
}

/** Asks for the erasure of one's own messages, on the account page. */
async function eraseOwnWords(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete my messages' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click()
}

/** Bo was rude, and the owner, who signed in an hour ago, wants to erase that. */
async function ownerErasesBo(browser: Browser, server: TestServer) {
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await bo.send('something rude')
  const owner = await openAsOwner(browser, server)
  letAnHourPass(server)
  await owner.pressAction('something rude', 'More')
  await owner.page.getByRole('button', { name: 'Ban and delete all their messages' }).click()
  return { owner, bo }
}

test('the owner erases a person from the chat after confirming who they are', async ({ browser, server }) => {
  test.slow()
  const { owner } = await ownerErasesBo(browser, server)

  await expect(password(owner.page)).toBeFocused()
  await password(owner.page).fill('a guess of mine')
  await owner.page.keyboard.press('Enter')
  await expect(password(owner.page)).toHaveAccessibleDescription('That is not your password.')
  await expect(password(owner.page)).toBeFocused()
  await password(owner.page).fill(ownerAccount.password)
  await owner.page.keyboard.press('Enter')
  await expect(dialogOn(owner.page)).toHaveCount(0)
  await expect(owner.page.getByText('Bo is banned, and all their messages will be deleted.')).toBeVisible()
  await expect(owner.message('something rude')).toHaveCount(0)
  await expect(owner.page.getByText('All messages from Bo are deleted.')).toBeVisible()
  await expect(dialogOn(owner.page)).toHaveCount(0)
})

test('who does not confirm bans and erases nobody, and sees no error', async ({ browser, server }) => {
  const { owner, bo } = await ownerErasesBo(browser, server)
  await dialogOn(owner.page).getByRole('button', { name: 'Cancel' }).click()
  await expect(dialogOn(owner.page)).toHaveCount(0)
  await expect(owner.page.getByRole('alert')).toHaveCount(0)
  await expect(owner.message('something rude')).toBeVisible()
  await bo.send('still here')
  await expect(owner.message('still here')).toBeVisible()
})

test('the owner erases their own messages after confirming; Escape leaves everything as it was', async ({
  browser,
  server,
}) => {
  const { page } = await ownerAnHourLater(browser, server)
  const erase = page.getByRole('button', { name: 'Delete my messages' })
  await eraseOwnWords(page)
  await expect(password(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialogOn(page)).toHaveCount(0)
  await expect(erase).toBeFocused()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByText('Your messages are deleted.')).toHaveCount(0)

  await eraseOwnWords(page)
  await password(page).fill(ownerAccount.password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your messages are deleted.')).toBeVisible()
  await expect(erase).toBeFocused()

  // The proof holds for an hour.
  await eraseOwnWords(page)
  await expect(page.getByText('Your messages are deleted.')).toBeVisible()
  await expect(dialogOn(page)).toHaveCount(0)
})

test('the keyboard stays in the dialogue, and every control in it can be reached', async ({
  browser,
  server,
}) => {
  const { page } = await ownerAnHourLater(browser, server)
  await eraseOwnWords(page)
  await expect(password(page)).toBeFocused()
  for (const name of ['Show Password', 'Cancel', 'Confirm']) {
    await page.keyboard.press('Tab')
    await expect(dialogOn(page).getByRole('button', { name })).toBeFocused()
  }
})

test('a code confirms too where two-step verification is on', async ({ browser, server }) => {
  test.slow()
  const { page } = await ownerAnHourLater(browser, server)
  const section = page.getByRole('region', { name: 'Two-step verification' })
  await section.getByRole('button', { name: 'Turn on' }).click()
  await section.getByLabel('Current password').fill(ownerAccount.password)
  await section.getByRole('button', { name: 'Continue' }).click()
  const key = (await section.locator('code').innerText()).replaceAll(' ', '')
  const totp = new TOTP({ secret: key })
  await section.getByRole('textbox', { name: 'Code' }).fill(totp.generate())
  await section.getByRole('button', { name: 'Turn on' }).click()
  const recovery = await section.getByRole('listitem').first().innerText()
  letAnHourPass(server)

  await eraseOwnWords(page)
  await dialogOn(page).getByRole('button', { name: 'Use a code instead' }).click()
  const code = dialogOn(page).getByRole('textbox', { name: 'Code' })
  await expect(code).toBeFocused()
  await code.fill('12')
  await page.keyboard.press('Enter')
  await expect(code).toHaveAccessibleDescription(/That code isn't right/)
  await expect(code).toBeFocused()
  await dialogOn(page).getByRole('button', { name: 'Use your password instead' }).click()
  await expect(password(page)).toBeFocused()
  await dialogOn(page).getByRole('button', { name: 'Use a code instead' }).click()
  await code.fill(recovery)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your messages are deleted.')).toBeVisible()
})

test('what is refused while the dialogue cannot be loaded shows an error', async ({ browser, server }) => {
  const { page } = await ownerAnHourLater(browser, server)
  await page.route('**/assets/confirm-identity-*.js', (route) => route.abort())
  await eraseOwnWords(page)
  await expect(page.getByRole('main').getByRole('alert').last()).toHaveText(
    'Something went wrong. Try again.',
  )
})

for (const [locale, name] of [
  ['sv-SE', 'Bekräfta att det är du'],
  ['nb-NO', 'Bekreft at det er deg'],
] as const)
  test(`the dialogue speaks ${locale}`, async ({ browser, server }) => {
    const { page } = await ownerAnHourLater(browser, server)
    await page.getByLabel('Language').selectOption(locale === 'sv-SE' ? 'Svenska' : 'Norsk bokmål')
    // The last section, which is loaded after the others.
    await page.locator('[aria-labelledby=my-words]').getByRole('button').last().click()
    await page.getByRole('dialog').getByRole('button').last().click()
    await expect(page.getByRole('dialog', { name })).toBeVisible()
  })

for (const [colorScheme, width] of [
  ['light', 320],
  ['dark', 390],
] as const)
  test(`the dialogue passes axe and fits in ${width} pixels, ${colorScheme}`, async ({ browser, server }) => {
    const viewport = { width, height: 844 }
    const options = { colorScheme, viewport, reducedMotion: 'reduce' } as const
    const { page } = await ownerAnHourLater(browser, server, options)
    await eraseOwnWords(page)
    await password(page).fill('a guess of mine')
    await page.keyboard.press('Enter')
    await expect(password(page)).toHaveAccessibleDescription('That is not your password.')
    await expectAccessible(page)
    const box = await dialogOn(page).boundingBox()
    expect(box!.x).toBeGreaterThanOrEqual(0)
    expect(box!.x + box!.width).toBeLessThanOrEqual(width)
  })
