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
import { buildHouse, type House } from './house.ts'
import { owner } from './server.ts'
import { signIn } from './test.ts'
import { tellViolations } from './violations.ts'

export const test = base.extend<{ house: House }>({
  house: async ({ browser }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'me-chat-'))
    const house = buildHouse(directory)
    await house.start()
    await use(house)
    // Visitors have browser contexts of their own; left open, their pages would slow all tests that follow.
    await Promise.all(browser.contexts().map((context) => context.close()))
    await house.kill()
    rmSync(directory, { recursive: true })
  },
})

export { expect }

/** With `now` it is always then; `platform` is what the browser says it runs on. */
export type VisitorOptions = BrowserContextOptions & { now?: number; platform?: string }

/** Somebody in front of a browser of their own, in the chat; what the page's policy forbids fails the test. */
export async function visitor(
  browser: Browser,
  house: House,
  { now, platform, ...options }: VisitorOptions = {},
) {
  const context = await browser.newContext({ baseURL: house.url, locale: 'en-GB', ...options })
  await tellViolations(context)
  if (now !== undefined) await context.clock.setFixedTime(now)
  if (platform !== undefined)
    await context.addInitScript((name) => {
      Object.defineProperty(navigator, 'platform', { get: () => name })
    }, platform)
  return openTab(context)
}

/** Ada and Bo have come in, each in a browser of their own. */
export async function adaAndBo(browser: Browser, house: House) {
  const [ada, bo] = [await visitor(browser, house), await visitor(browser, house)]
  await ada.comeIn('Ada')
  await bo.comeIn('Bo')
  return { ada, bo }
}

/** The owner, signed in and in the chat. */
export async function ownerIn(browser: Browser, house: House, options: BrowserContextOptions = {}) {
  const home = await visitor(browser, house, options)
  await signIn(home.page, owner)
  await home.page.goto('/chat')
  await expect(home.field).toHaveAccessibleName('Message')
  return home
}

/** The chat in one more tab of the same browser. */
export async function openTab(context: BrowserContext) {
  const page = await context.newPage()
  watchOver(page)
  await page.goto('/chat')
  return onPage(page)
}

function watchOver(page: Page): void {
  page.on('pageerror', (error) => expect(error, 'an error in the page').toBeUndefined())
  page.on('console', (message) => expect(message.text()).not.toContain('Content Security Policy'))
}

/** The network reaches the site and not its chat, until it is let through. */
export async function blockChat(context: BrowserContext): Promise<() => void> {
  let open = false
  await context.route('**/socket.io/**', (route) => (open ? route.continue() : route.abort()))
  await context.routeWebSocket('**/socket.io/**', (socket) => {
    if (open) socket.connectToServer()
    else void socket.close()
  })
  return () => void (open = true)
}

export type Visitor = ReturnType<typeof onPage>

export function onPage(page: Page) {
  const log = page.getByRole('log')
  const field = page.getByRole('textbox')
  return {
    page,
    log,
    /** The only thing to write in: a nick at first, then messages. */
    field,
    messages: page.getByRole('article'),
    message: (text: string) => page.getByRole('article').filter({ hasText: text }),
    connection: page.locator('header').getByRole('status'),
    async comeIn(nick: string): Promise<void> {
      await field.fill(nick)
      await field.press('Enter')
      await expect(field).toHaveAccessibleName('Message')
    },
    async say(text: string): Promise<void> {
      await field.fill(text)
      await field.press('Enter')
    },
    /** Presses one of the buttons that stand on a message under the mouse. */
    async act(text: string, name: string): Promise<void> {
      const message = page.getByRole('article').filter({ hasText: text })
      await message.hover()
      await message.getByRole('toolbar').getByRole('button', { name, exact: true }).click()
    },
    live: () => expect(page.locator('header').getByRole('status')).toHaveText(/^(Live|Ansluten|Tilkoblet)$/),
  }
}
