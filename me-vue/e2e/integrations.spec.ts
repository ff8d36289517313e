import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

const row = (page: Page, nick: string) => page.getByRole('listitem').filter({ hasText: nick })
const keysOf = (page: Page, nick: string) => page.getByRole('region', { name: `The keys of ${nick}` })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
let made = 0

/** The owner, on the page, with a bot of a name of its own. */
async function withBot(page: Page): Promise<string> {
  await signIn(page)
  return addBot(page)
}

async function addBot(page: Page): Promise<string> {
  const nick = `Robbie ${process.pid}-${++made}`
  await page.goto('/integrations')
  await button(page, 'Add a bot').click()
  await page.getByLabel('Name', { exact: true }).fill(nick)
  await button(page, 'Make the bot').click()
  await expect(keysOf(page, nick)).toBeVisible()
  return nick
}

test('the owner finds the page, makes a bot, and a program posts to its address', async ({ page }) => {
  await signIn(page)
  await page.goto('/moderation')
  await page.getByRole('link', { name: 'Integrations' }).click()
  await expect(page).toHaveURL('/integrations')
  await page.goto('/account')
  await page.getByRole('link', { name: 'Integrations' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Integrations')

  const nick = await addBot(page)
  const keys = keysOf(page, nick)
  await expect(keys.getByRole('heading')).toBeFocused()
  const address = await keys.getByLabel('Address for hooks', { exact: true }).inputValue()
  expect(address).toMatch(/^http:\/\/[\w.:]+\/hooks\/bot_[\w-]{43}$/)
  const headers = { 'content-type': 'text/plain' }
  expect((await page.request.post(address, { headers, data: 'said by a *program*' })).status()).toBe(204)

  await keys.getByRole('button', { name: 'Done' }).click()
  await expect(keys).toHaveCount(0)
  await expect(button(page, `Send a test as ${nick}`)).toBeFocused()
  await page.reload()
  await expect(row(page, nick)).toContainText('Writes in every room.')
  await expect(page.getByText('bot_')).toHaveCount(0)

  await page.goto('/chat')
  const message = page.getByRole('article').filter({ hasText: 'said by a program' })
  await expect(message.getByText('bot', { exact: true })).toBeVisible()
})

test('each key is copied by its button, and the page says where copying fails', async ({ page, context }) => {
  const nick = await withBot(page)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  for (const name of ['Address for hooks', 'Token', 'Secret for signatures']) {
    await button(page, `Copy: ${name}`).click()
    await expect(keysOf(page, nick).getByText('Copied.').first()).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await page.getByLabel(name, { exact: true }).inputValue(),
    )
  }
  await page.evaluate(() => {
    Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject(new Error()) })
    document.execCommand = () => false
  })
  await button(page, 'Copy: Token').click()
  await expect(page.getByText('Copy it from the field.')).toBeVisible()
})

test('a test is said in the chat, and leads there', async ({ page }) => {
  const nick = await withBot(page)
  await button(page, `Send a test as ${nick}`).click()
  await page.getByRole('link', { name: 'See it there' }).click()
  await expect(page).toHaveURL(/\/chat\/lobby\/\d+$/)
  await expect(
    page.getByRole('article').filter({ hasText: 'This is a test. I can write here.' }).last(),
  ).toContainText(nick)
})

test('a bot is kept to some rooms and gets another name; a refusal stands beside the field', async ({
  page,
}) => {
  const nick = await withBot(page)
  await button(page, `Change ${nick}`).click()
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.getByLabel('In every room').uncheck()
  await button(page, 'Save').click()
  await expect(page.getByText('Choose at least one room')).toBeVisible()
  await page.getByLabel('Lobby').check()
  await page.getByLabel('Name', { exact: true }).fill('x'.repeat(25))
  await button(page, 'Save').click()
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/./)
  await page.getByLabel('Name', { exact: true }).fill(`${nick} II`)
  await page.keyboard.press('Enter')
  await expect(row(page, `${nick} II`)).toContainText('Writes in Lobby.')
  await expect(page.getByText('Saved.')).toBeVisible()
  await button(page, `Change ${nick} II`).click()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0)
})

test('new keys and removing ask first, and end the old keys', async ({ page }) => {
  const nick = await withBot(page)
  const address = await page.getByLabel('Address for hooks', { exact: true }).inputValue()
  const post = async () =>
    (await page.request.post(address, { headers: { 'content-type': 'text/plain' }, data: 'x' })).status()
  await button(page, `New keys for ${nick}`).click()
  await page
    .getByRole('dialog', { name: `New keys for ${nick}?` })
    .getByRole('button', { name: 'Cancel' })
    .click()
  expect(await post()).toBe(204)
  await button(page, `New keys for ${nick}`).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New keys' }).click()
  await expect(keysOf(page, nick)).toBeVisible()
  await expect(page.getByLabel('Address for hooks', { exact: true })).not.toHaveValue(address)
  expect(await post()).toBe(404)

  await button(page, `Remove ${nick}`).click()
  await page
    .getByRole('dialog', { name: `Remove ${nick}?` })
    .getByRole('button', { name: 'Remove' })
    .click()
  await expect(page.getByText(`${nick} is removed.`)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Bots' })).toBeFocused()
  await expect(row(page, nick)).toHaveCount(0)
})

test('what fails says so beside the bot, and a list that fails can be tried again', async ({ page }) => {
  const nick = await withBot(page)
  await page.route('**/api/bots/*/test', (route) => route.abort())
  await button(page, `Send a test as ${nick}`).click()
  await expect(row(page, nick).getByRole('alert')).toBeVisible()
  await page.route('**/api/bots', (route) => route.abort(), { times: 1 })
  await page.reload()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(row(page, nick)).toBeVisible()
})

test('nobody else sees the page', async ({ page }) => {
  await signIn(page, await newMember(page))
  await page.goto('/account')
  await expect(page.getByRole('link', { name: 'Integrations' })).toHaveCount(0)
  await page.goto('/integrations')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Only the owner writes here.')
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the page with keys, a form and a question passes axe, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const nick = await withBot(page)
    await expectAccessible(page)
    await button(page, `Change ${nick}`).click()
    await page.getByLabel('In every room').uncheck()
    await expectAccessible(page)
    await button(page, `Remove ${nick}`).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })

for (const language of ['Svenska', 'Norsk bokmål'])
  test(`the name of each button has the words on it, ${language}`, async ({ page }) => {
    const nick = await withBot(page)
    await page.getByLabel('Language').selectOption(language)
    await expect(row(page, nick).getByRole('button').first()).not.toHaveText('Send a test')
    for (const one of await row(page, nick).getByRole('button').all())
      if (await one.getAttribute('aria-label'))
        expect(await one.getAttribute('aria-label')).toContain((await one.innerText()).trim())
  })

for (const width of [320, 390])
  test(`on a phone of ${width} pixels nothing is cut and everything is large enough to press`, async ({
    browser,
    siteUrl,
  }) => {
    const phone = { viewport: { width, height: 844 }, hasTouch: true, isMobile: true }
    const page = await browser.newPage({ baseURL: siteUrl, ...phone })
    await withBot(page)
    await expectNoOverflow(page)
    for (const one of await page.getByRole('main').getByRole('button').all())
      expect((await one.boundingBox())?.height).toBeGreaterThanOrEqual(43.9)
    await page.close()
  })
