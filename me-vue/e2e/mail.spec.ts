import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { test as base, expect } from './support/chat.ts'
import { type MailServer, firstMail, pathIn, startMailServer } from './support/mail-server.ts'
import { ownerAccount } from './support/server.ts'
import { signIn } from './support/test.ts'
import { reportViolations } from './support/violations.ts'

const test = base.extend<{ mailServer: MailServer; answerPath: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the braces
  mailServer: async ({}, use) => {
    const mailServer = await startMailServer()
    await use(mailServer)
    await mailServer.close()
  },
  settings: async ({ mailServer }, use) => use(mailServer.settings),
  /** The link with which the owner answers what Ada asked. */
  answerPath: async ({ server, mailServer }, use) => {
    await server.postMessages('Ada', ['Is the **attic** free in June?'])
    await use(pathIn(await firstMail(server, mailServer), '/answer/'))
  },
})

async function openPage(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', ...options })
  await reportViolations(context)
  return context.newPage()
}

test('the owner answers from a mail, in a browser that knows nobody', async ({
  browser,
  server,
  answerPath,
}) => {
  const page = await openPage(browser, server.url)
  await page.goto(answerPath)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lobby')
  await expect(page.getByText('Is the attic free in June?')).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('Your answer').fill('It is.\nBring a lamp.')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Your answer was sent.' })).toBeVisible()
  await expectAccessible(page)
  await expect(page.getByText('Signed in as')).toBeHidden()
  await page.goto('/chat')
  await expect(page.getByRole('article').filter({ hasText: 'Bring a lamp.' })).toBeVisible()
})

test('the answer box and the end of mails work without a script', async ({
  browser,
  server,
  mailServer,
  answerPath,
}) => {
  const page = await openPage(browser, server.url, { javaScriptEnabled: false })
  await page.goto(answerPath)
  await page.getByLabel('Your answer').fill('It is.')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByText('Your answer was sent.')).toBeVisible()
  await page.goto(pathIn(mailServer.mails[0]!, '/unsubscribe/'))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mails from this site')
  await page.getByRole('button', { name: 'Send no more mails' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No more mails')
  await page.goto(answerPath.replace(/\d$/, (last) => String((Number(last) + 1) % 10)))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link is not valid, or no longer.')
})

test('the owner switches mails off by the link, and on again at the account page', async ({
  browser,
  server,
  mailServer,
  answerPath,
}) => {
  expect(answerPath).not.toBe('')
  const page = await openPage(browser, server.url)
  await page.goto(pathIn(mailServer.mails[0]!, '/unsubscribe/'))
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send no more mails' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No more mails')
  await expectAccessible(page)
  await signIn(page, ownerAccount)
  await page.goto('/account')
  const box = page.getByLabel(`Tell me by mail too, at ${ownerAccount.email}`)
  await expect(box).not.toBeChecked()
  await box.click()
  await expect(box).toBeChecked()
  await page.getByRole('button', { name: 'Send a test mail' }).click()
  await expect(page.getByText(`A test was sent to ${ownerAccount.email}.`)).toBeVisible()
  expect(mailServer.mails.at(-1)?.subject).toMatch(/^A test from/)
  await expectAccessible(page)
})

test('who has forgotten the password gets a link, and signs in with a new one', async ({
  browser,
  server,
  mailServer,
}) => {
  const page = await openPage(browser, server.url)
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Forgot your password?')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(
    'That does not look like an e-mail address.',
  )
  await page.getByLabel('E-mail').fill(ownerAccount.email)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your mail')
  await expectAccessible(page)
  await expect.poll(() => mailServer.mails.length).toBe(1)
  await page.goto(pathIn(mailServer.mails[0]!, '/reset-password#'))
  await page.getByLabel('New password', { exact: true }).fill('a lamp in every window')
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your new password is set.')
  await signIn(page, { ...ownerAccount, password: 'a lamp in every window' })
})

test('the sign-in page leads to the form for a link without a script too', async ({ browser, server }) => {
  const page = await openPage(browser, server.url, { javaScriptEnabled: false })
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Forgot your password?')
  await expect(page.locator('.without-script')).toBeVisible()
})
