import {
  test as base,
  expect,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestServer, type TestServer } from './test-server.ts'
import { ownerAccount } from './server.ts'
import { type Settings, signIn } from './test.ts'
import { reportViolations } from './violations.ts'

export const test = base.extend<{ settings: Settings; server: TestServer }>({
  settings: [{}, { option: true }],
  server: async ({ browser, settings }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'me-chat-'))
    const server = createTestServer(directory, settings)
    await server.start()
    await use(server)
    // Each visitor has a browser context; if it stayed open, its page would slow down the following tests.
    await Promise.all(browser.contexts().map((context) => context.close()))
    await server.kill()
    rmSync(directory, { recursive: true })
  },
})

export { expect }

/** Who has a `nick` chooses it; `now` fixes the page's clock; `platform` replaces `navigator.platform`. */
export type VisitorOptions = BrowserContextOptions & { nick?: string; now?: number; platform?: string }

/** Opens the chat in a new browser context; a policy violation in the page fails the test. */
export async function visitor(
  browser: Browser,
  server: TestServer,
  { nick, now, platform, ...options }: VisitorOptions = {},
) {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', ...options })
  await reportViolations(context)
  if (now !== undefined) await context.clock.setFixedTime(now)
  if (platform !== undefined)
    await context.addInitScript((name) => {
      Object.defineProperty(navigator, 'platform', { get: () => name })
    }, platform)
  const tab = await openTab(context)
  if (nick !== undefined) await tab.chooseNick(nick)
  return tab
}

/** Ada and Bo are in the chat, each in a separate browser context. */
export async function adaAndBo(browser: Browser, server: TestServer) {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server, { nick: 'Bo' })
  return { ada, bo }
}

/** Ada and Bo are in the chat, and Bo sees what Ada has sent. */
export async function adaHasSent(browser: Browser, server: TestServer, text: string) {
  const { ada, bo } = await adaAndBo(browser, server)
  await ada.send(text)
  await expect(bo.message(text)).toBeVisible()
  return { ada, bo }
}

/** Texts that fill a log: "line 1.", "line 2." … */
export const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}.`)

/** Opens the chat as the signed-in owner. */
export async function openAsOwner(browser: Browser, server: TestServer, options: BrowserContextOptions = {}) {
  const owner = await visitor(browser, server, options)
  await signIn(owner.page, ownerAccount)
  await owner.page.goto('/chat')
  await expect(owner.field).toHaveAccessibleName('Message')
  return owner
}

/** Opens the chat in another tab of the same browser. */
export async function openTab(context: BrowserContext) {
  const page = await context.newPage()
  failOnPageErrors(page)
  await page.goto('/chat')
  // Its document has the same messages, until the script takes its place.
  await page.locator('section.chat:not(.document)').waitFor()
  return chatOn(page)
}

function failOnPageErrors(page: Page): void {
  page.on('pageerror', (error) => expect(error, 'an error in the page').toBeUndefined())
  page.on('console', (message) => expect(message.text()).not.toContain('Content Security Policy'))
}

/** Blocks the chat's connections but not the site, until the returned function is called. */
export async function blockChat(context: BrowserContext): Promise<() => void> {
  let open = false
  await context.route('**/socket.io/**', (route) => (open ? route.continue() : route.abort()))
  await context.routeWebSocket('**/socket.io/**', (socket) => {
    if (open) socket.connectToServer()
    else void socket.close()
  })
  return () => void (open = true)
}

export type Visitor = ReturnType<typeof chatOn>

export function chatOn(page: Page) {
  const log = page.getByRole('log')
  const field = page.getByRole('textbox')
  return {
    page,
    log,
    /** The only text field: first for the nick, then for messages. */
    field,
    messages: page.getByRole('article'),
    message: (text: string) => page.getByRole('article').filter({ hasText: text }),
    connection: page.locator('header').getByRole('status'),
    async chooseNick(nick: string): Promise<void> {
      await field.fill(nick)
      await field.press('Enter')
      await expect(field).toHaveAccessibleName('Message')
    },
    async send(text: string): Promise<void> {
      await field.fill(text)
      await field.press('Enter')
    },
    /** Clicks a button of a message's toolbar, which appears under the mouse. */
    async pressAction(text: string, name: string): Promise<void> {
      const message = page.getByRole('article').filter({ hasText: text })
      await message.hover()
      await message.getByRole('toolbar').getByRole('button', { name, exact: true }).click()
    },
    expectLive: () =>
      expect(page.locator('header').getByRole('status')).toHaveText(/^(Live|Ansluten|Tilkoblet)$/),
  }
}
