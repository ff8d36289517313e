import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from '@playwright/test'
import { expectAccessible, expectNoOverflow } from './support/axe.ts'
import { expect, signIn, test as base } from './support/test.ts'

type Receiver = { url: string; host: string; status: number; bodies: string[] }

/** A program on this machine that webhooks tell. */
const test = base.extend<{ receiver: Receiver }>({
  receiver: async ({ page: _ }, use) => {
    const receiver: Receiver = { url: '', host: '', status: 200, bodies: [] }
    const server = createServer(async (req, res) => {
      receiver.bodies.push(await text(req))
      res.writeHead(receiver.status).end('thanks')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    receiver.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    receiver.url = `http://${receiver.host}/here`
    await use(receiver)
    server.closeAllConnections()
    server.close()
  },
})

test.use({ settings: { OUTBOUND_PRIVATE: 'on' } })

const row = (page: Page, { host }: Receiver) => page.getByRole('listitem').filter({ hasText: host })

/** What came of what was just sent. */
const outcome = (page: Page, receiver: Receiver) => row(page, receiver).getByRole('status').last()

async function openForm(page: Page) {
  await signIn(page)
  await page.goto('/integrations')
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  await expect(page.getByLabel('Address', { exact: true })).toBeFocused()
}

async function addWebhook(page: Page, { url }: Receiver) {
  await openForm(page)
  await page.getByLabel('Address', { exact: true }).fill(url)
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  await expect(page.getByRole('heading', { name: 'The webhook is made' })).toBeFocused()
}

test('the owner makes a webhook by keyboard, copies its secret, and tries it', async ({
  page,
  context,
  receiver,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openForm(page)
  await page.keyboard.type(receiver.url)
  await page.getByLabel('Mentions of you').press('Space')
  await page.getByLabel('Of all that everybody can read').press('Space')
  await page.getByLabel('Lobby').press('Space')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'The webhook is made' })).toBeFocused()
  const secret = await page.getByLabel('Secret for signatures', { exact: true }).inputValue()
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
  await page.getByRole('button', { name: 'Copy: Secret for signatures' }).press('Enter')
  await expect(page.getByText('Copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
  await page.getByRole('button', { name: 'Done' }).press('Enter')
  await expect(page.getByText(secret)).toHaveCount(0)
  await expect(row(page, receiver)).toContainText('New messages and Mentions of you. Only in Lobby.')
  await page.getByRole('button', { name: `Send a test to ${receiver.host}` }).press('Enter')
  await expect(outcome(page, receiver)).toHaveText('Delivered. The answer was 200.')
  expect(JSON.parse(receiver.bodies[0] ?? '')).toMatchObject({ type: 'test' })
  await row(page, receiver).getByText('What it answered').press('Enter')
  await expect(row(page, receiver).getByText('thanks')).toBeVisible()
  await page.reload()
  await expect(row(page, receiver)).toBeVisible()
  await expect(page.getByText('whsec_')).toHaveCount(0)
})

test('a form that is refused says what is wrong', async ({ page }) => {
  await openForm(page)
  await page.getByLabel('Address', { exact: true }).fill('ftp://example.org')
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  await expect(page.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(/begins with https/)
  await expect(page.getByLabel('Address', { exact: true })).toBeFocused()
  await page.getByLabel('Address', { exact: true }).fill('https://example.org')
  await page.getByLabel('New messages').uncheck()
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  await expect(page.getByRole('group', { name: 'What is it told?' })).toHaveAccessibleDescription(
    'Choose at least one.',
  )
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Add a webhook' })).toBeFocused()
})

test('what failed is sent again from the list of deliveries', async ({ page, receiver }) => {
  receiver.status = 500
  await addWebhook(page, receiver)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: `Send a test to ${receiver.host}` }).click()
  await expect(outcome(page, receiver)).toHaveText('Failed. The answer was 500.')
  receiver.status = 204
  await page.getByRole('button', { name: /^Send again.*Test/ }).click()
  await expect(outcome(page, receiver)).toHaveText('Delivered. The answer was 204.')
  expect(receiver.bodies).toHaveLength(2)
  const log = page.getByRole('button', { name: `Deliveries to ${receiver.host}` })
  await expect(log).toHaveAttribute('aria-expanded', 'true')
  await log.click()
  await expect(page.getByText('Delivered. The answer was 204.')).toHaveCount(0)
})

test('a webhook is switched off, changed, switched on and removed', async ({ page, receiver }) => {
  await addWebhook(page, receiver)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: `Switch off ${receiver.host}` }).click()
  await expect(row(page, receiver).getByText('off', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: `Change ${receiver.host}` }).click()
  await page.getByLabel('New reports').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(row(page, receiver)).toContainText('New messages and New reports.')
  await page.getByRole('button', { name: `Switch on ${receiver.host}` }).click()
  await expect(page.getByText('It is on.')).toBeVisible()
  await page.getByRole('button', { name: `Remove ${receiver.host}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove this webhook?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(row(page, receiver)).toBeVisible()
  await page.getByRole('button', { name: `Remove ${receiver.host}` }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('The webhook is removed.')).toBeVisible()
  await expect(row(page, receiver)).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Webhooks' })).toBeFocused()
})

test('one that was switched off by itself says why', async ({ page, receiver }) => {
  receiver.status = 410
  await addWebhook(page, receiver)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: `Send a test to ${receiver.host}` }).click()
  await expect(outcome(page, receiver)).toHaveText('Failed. The answer was 410.')
  await page.reload()
  await expect(row(page, receiver)).toContainText('has answered that it is gone (410)')
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the form, the secret and the deliveries pass axe, ${colorScheme}`, async ({ page, receiver }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await openForm(page)
    await page.getByLabel('Of all that everybody can read').uncheck()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await addWebhook(page, receiver)
    await page.getByRole('button', { name: `Send a test to ${receiver.host}` }).click()
    await expect(outcome(page, receiver)).toContainText('Delivered.')
    await expectAccessible(page)
    await page.getByRole('button', { name: `Remove ${receiver.host}` }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })

for (const width of [320, 390])
  test(`on a phone of ${width} pixels nothing is cut and everything is large enough to press`, async ({
    browser,
    siteUrl,
    receiver,
  }) => {
    const phone = { viewport: { width, height: 844 }, hasTouch: true, isMobile: true }
    const page = await browser.newPage({ baseURL: siteUrl, ...phone })
    await addWebhook(page, { ...receiver, url: `${receiver.url}/${'long'.repeat(60)}` })
    await expectNoOverflow(page)
    await page.getByRole('button', { name: 'Done' }).tap()
    await page.getByRole('button', { name: `Send a test to ${receiver.host}` }).tap()
    await expect(outcome(page, receiver)).toContainText('Delivered.')
    await expectNoOverflow(page)
    for (const button of await row(page, receiver).getByRole('button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(43.9)
    await page.close()
  })

for (const language of ['Svenska', 'Norsk bokmål'])
  test(`the name of each button has the words on it, ${language}`, async ({ page, receiver }) => {
    await addWebhook(page, receiver)
    await page.getByLabel('Language').selectOption(language)
    const buttons = row(page, receiver).getByRole('button')
    await expect(buttons.first()).not.toHaveText('Send a test')
    for (const button of await buttons.all()) {
      const name = await button.getAttribute('aria-label')
      if (name) expect(name).toContain((await button.innerText()).trim())
    }
  })
