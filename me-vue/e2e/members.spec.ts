import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { expect, newMember, signIn, test } from './support/test.ts'

const row = (page: Page, nick: string) => page.getByRole('listitem').filter({ hasText: nick })
const address = (page: Page) => page.getByLabel('Link', { exact: true })

/** The owner's page of members, and a member. */
async function withMember(page: Page) {
  const member = await newMember(page)
  await signIn(page)
  await page.goto('/members')
  await expect(row(page, member.nick)).toBeVisible()
  return member
}

/** The path of a link and its token, without the server's address. */
const pathOf = (url: string) => url.slice(new URL(url).origin.length)

test('the owner finds the members by the account page and the moderation page', async ({ page }) => {
  const member = await withMember(page)
  await page.goto('/account')
  await page.getByRole('link', { name: 'Members' }).click()
  await expect(page).toHaveURL('/members')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Members')
  await expect(page.getByText('Everybody can register.')).toBeVisible()
  await expect(row(page, member.nick)).toContainText(member.email)
  await expect(row(page, member.nick)).toContainText(/Registered .+\. Last seen today, \d\d:\d\d\./)
  await expect(row(page, 'owner@example.org').getByRole('button')).toHaveCount(0)
  await page.goto('/moderation')
  await page.getByRole('link', { name: 'Members' }).click()
  await expect(page).toHaveURL('/members')
})

test('a member sets a new password by the owner’s link, once', async ({ page, browser, siteUrl }) => {
  const member = await withMember(page)
  await page.getByRole('button', { name: `Reset password of ${member.nick}` }).click()
  const given = row(page, member.nick).getByRole('region', { name: `A link for ${member.nick}` })
  await expect(given.getByRole('heading')).toBeFocused()
  await expect(given).toContainText(/once, until .+, \d\d:\d\d\./)
  await expect(given.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  const url = await address(page).inputValue()
  expect(url).toMatch(new RegExp(`^${siteUrl}/reset-password#[\\w-]{43}$`))
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(given).toHaveCount(0)
  await expect(page.getByRole('button', { name: `Reset password of ${member.nick}` })).toBeFocused()

  const theirs = await browser.newPage({ baseURL: siteUrl })
  const requested: string[] = []
  theirs.on('request', (request) => requested.push(request.url()))
  await theirs.goto(pathOf(url))
  await theirs.getByLabel('New password').fill('qwertyuiop')
  await theirs.getByRole('button', { name: 'Set password' }).click()
  await expect(theirs.getByLabel('New password')).toHaveAccessibleDescription(/easy to guess/)
  await theirs.getByLabel('New password').fill('a new lamp is lit')
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByText('Your new password is set.')).toBeVisible()
  await expect(theirs.getByRole('heading', { level: 1 })).toBeFocused()
  const token = url.split('#')[1] ?? ''
  expect(requested.filter((address) => address.includes(token))).toEqual([])
  await signIn(theirs, { ...member, password: 'a new lamp is lit' })

  // Also where the page is open already.
  await theirs.goto('/reset-password')
  await expect(theirs.getByText('This page needs the whole link')).toBeVisible()
  await theirs.goto(pathOf(url))
  await theirs.getByLabel('New password').fill('yet another lamp')
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByRole('alert')).toHaveText(/used already, or is too old/)
  await theirs.close()
})

test('a page without the token says that it needs the whole link', async ({ page }) => {
  await page.goto('/reset-password')
  await expect(page.getByText('This page needs the whole link')).toBeVisible()
  await expect(page.getByLabel('New password')).toHaveCount(0)
})

test('the owner copies a link, and is told where copying fails', async ({ page, context }) => {
  await withMember(page)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const url = await address(page).inputValue()
  await page.getByRole('button', { name: 'Copy link' }).click()
  await expect(page.getByText('Link copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url)
  await page.evaluate(() => {
    Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject(new Error()) })
    document.execCommand = () => false
  })
  await page.getByRole('button', { name: 'Copy link' }).click()
  await expect(page.getByText('Copy it from the field.')).toBeVisible()
})

/** Says something in the chat as that member, over the API. Returns the address of the message. */
async function sayAs(siteUrl: string, account: object): Promise<string> {
  const post = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(`${siteUrl}/api/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return ((await answer.json()) as { data: { token: string; id: string } }).data
  }
  const { token } = await post('login', account)
  return `/api/chat/messages/${(await post('chat/rooms/lobby/messages', { text: 'words of mine' }, token)).id}`
}

for (const [words, text] of [
  ['keep', 'words of mine'],
  ['erase', ''],
] as const)
  test(`removing a member asks what happens to the messages: ${words}`, async ({ page, siteUrl }) => {
    const member = await withMember(page)
    const message = await sayAs(siteUrl, member)
    const remove = page.getByRole('button', { name: `Remove ${member.nick}` })
    const dialog = page.getByRole('dialog', { name: `Remove ${member.nick}?` })
    await remove.click()
    await expect(dialog.getByLabel('They stay, without the name')).toBeChecked()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(row(page, member.nick)).toBeVisible()
    await remove.click()
    if (words === 'erase') await dialog.getByLabel('They are deleted for good').check()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByText(`${member.nick} is removed.`)).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
    await expect(row(page, member.nick)).toHaveCount(0)
    await page.reload()
    await expect(row(page, 'owner@example.org')).toBeVisible()
    await expect(row(page, member.nick)).toHaveCount(0)
    const said = async () => {
      const { data } = await (await page.request.get(message)).json()
      return [data.author.nick, data.text]
    }
    await expect.poll(said).toEqual([words === 'keep' ? '' : expect.anything(), text])
  })

test('who does not confirm who they are sees no members, and may try again', async ({ page }) => {
  const member = await withMember(page)
  const error = { status: 403, code: 'PASSWORD_REQUIRED', title: 'Forbidden', detail: '' }
  await page.route('**/api/members', (route) => route.fulfill({ status: 403, json: { errors: [error] } }), {
    times: 1,
  })
  await page.reload()
  await page
    .getByRole('dialog', { name: 'Confirm it is you' })
    .getByRole('button', { name: 'Cancel' })
    .click()
  await expect(page.getByText('Who has an account here is shown only after')).toBeVisible()
  await expect(row(page, member.nick)).toHaveCount(0)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(row(page, member.nick)).toBeVisible()
})

test('an action that fails says so beside the member, and a list that fails can be tried again', async ({
  page,
}) => {
  const member = await withMember(page)
  await page.route('**/api/members/*/reset', (route) => route.abort())
  await page.getByRole('button', { name: `Reset password of ${member.nick}` }).click()
  await expect(row(page, member.nick).getByRole('alert')).toContainText('Couldn’t reach'.replace('’', "'"))
  await page.route('**/api/members', (route) => route.abort(), { times: 1 })
  await page.reload()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(row(page, member.nick)).toBeVisible()
})

test('nobody else sees the members', async ({ page }) => {
  await signIn(page, await newMember(page))
  await page.goto('/account')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account')
  await expect(page.getByRole('link', { name: 'Members' })).toHaveCount(0)
  await page.goto('/members')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Only the owner writes here.')
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the page with a link and with the question passes axe, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const member = await withMember(page)
    await page.getByRole('button', { name: `Reset password of ${member.nick}` }).click()
    await expect(address(page)).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: `Remove ${member.nick}` }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })

test('a question about a nick that is one long word is whole at 320 pixels', async ({ browser, siteUrl }) => {
  const page = await browser.newPage({ baseURL: siteUrl, viewport: { width: 320, height: 640 } })
  const nick = 'W'.repeat(24)
  const member = { email: 'long@example.org', password: 'ten letters or more', nick }
  expect((await page.request.post('/api/register', { data: member })).status()).toBe(201)
  await page.context().clearCookies()
  await signIn(page)
  await page.goto('/members')
  await page.getByRole('button', { name: `Remove ${nick}` }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
  await page.close()
})

for (const language of ['Svenska', 'Norsk bokmål'])
  test(`the name of each button has the words on it, ${language}`, async ({ page }) => {
    const { nick } = await withMember(page)
    const reset = row(page, nick).getByRole('button').first()
    await page.getByLabel('Language').selectOption(language)
    await expect(reset).not.toHaveText('Reset password')
    for (const button of await row(page, nick).getByRole('button').all())
      expect(await button.getAttribute('aria-label')).toContain((await button.innerText()).trim())
  })

for (const width of [320, 390])
  test(`on a phone of ${width} pixels nothing is cut and everything is large enough to press`, async ({
    browser,
    siteUrl,
  }) => {
    const phone = { viewport: { width, height: 844 }, hasTouch: true, isMobile: true }
    const page = await browser.newPage({ baseURL: siteUrl, ...phone })
    const member = await withMember(page)
    await page.getByRole('button', { name: `Reset password of ${member.nick}` }).tap()
    await expect(address(page)).toBeVisible()
    await expectNoOverflow(page)
    for (const button of await page.getByRole('main').getByRole('button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(43.9)
    await page.close()
  })
