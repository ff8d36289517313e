import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import type { ReadRule } from '../../src/chat/rooms/read-rule.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import type { Database } from '../../src/db/tables.ts'
import { migratedDatabaseOf } from './database.ts'

const closers: (() => Promise<void>)[] = []

/** Everything a test opened is closed after it, the newest first. */
export function closeAfterTest(close: () => Promise<void>): void {
  closers.push(close)
}
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'me-test-'))
  closeAfterTest(async () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type Options = {
  settings?: Record<string, string>
  clock?: Clock
  folder?: string
  logLines?: string[]
  mayRead?: ReadRule
}

/** Tests talk faster than people, and all from one address; those about such a limit set it. */
const unhurried = {
  LIMIT_NEWCOMER: 'off',
  LIMIT_EVENTS: 'off',
  LIMIT_REQUESTS: 'off',
  LIMIT_ADDRESS_MESSAGES: 'off',
}

/** The real server on a free port, with a database of its own. */
export async function startApp({
  settings = {},
  clock = systemClock,
  folder,
  logLines,
  mayRead,
}: Options = {}) {
  const home = folder ?? temporaryFolder()
  const database = await migratedDatabaseOf(home)
  const config = readConfig({ PORT: '0', ...unhurried, ...database.settings, ...settings })
  const db = await openDatabase(config.DATABASE_URL)
  if (database.isCopy) await becomeInstallation(db)
  const log = logLines
    ? pino({ level: config.LOG_LEVEL }, { write: (line: string) => void logLines.push(line) })
    : pino({ level: 'silent' })
  const secrets = config.SESSION_SECRET ?? ['a secret for tests that is long enough']
  const app = await createApp({
    config,
    db,
    clock,
    log,
    secrets,
    siteDirectory: builtSite(home),
    version: '0.0.0-test',
    ...(mayRead && { mayRead }),
  })
  await new Promise<void>((resolve) => app.server.listen(0, '127.0.0.1', resolve))
  const { port } = app.server.address() as AddressInfo
  let isOpen = true
  const close = async (linger = 0) => {
    if (!isOpen) return
    isOpen = false
    await app.close(linger)
    await db.destroy()
  }
  closeAfterTest(() => close())
  return { url: `http://127.0.0.1:${port}`, app, db, close, folder: home, kind: config.DATABASE_URL.kind }
}

/** No two tests are one installation, whose tokens and Redis channel they would share. */
async function becomeInstallation(db: Database): Promise<void> {
  await db.updateTable('installation').set({ name: randomUUID(), made_at: Date.now() }).execute()
}

export type TestApp = Awaited<ReturnType<typeof startApp>>

/**
 * The site's own document, what renders its pages, its service worker and one hashed asset, as the build lays them; the
 * whole site is tested by Playwright.
 */
function builtSite(home: string): string {
  const directory = join(home, 'site')
  const site = join(import.meta.dirname, '../../../me-vue')
  if (!existsSync(directory)) {
    mkdirSync(directory)
    symlinkSync(join(site, 'dist/.server'), join(directory, '.server'))
  }
  mkdirSync(join(directory, 'assets'), { recursive: true })
  cpSync(join(site, 'index.html'), join(directory, 'index.html'))
  writeFileSync(join(directory, 'assets/index-abc123.js'), 'export {}\n')
  writeFileSync(join(directory, 'sw.js'), '')
  mkdirSync(join(directory, '.vite'), { recursive: true })
  writeFileSync(join(directory, '.vite/manifest.json'), JSON.stringify(builtFiles))
  return directory
}

/** Vite's manifest of a site that has every source of which an address's page is made. */
const builtFiles = {
  'index.html': { file: 'assets/index-abc123.js' },
  'src/chat/ChatEntry.vue': { file: 'assets/ChatPage-abc123.js', imports: ['_chat.js'] },
  '_chat.js': { file: 'assets/chat-abc123.js', imports: ['index.html'], css: ['assets/chat-abc123.css'] },
  'src/chat/formatting/FormattedText.ts': {
    file: 'assets/FormattedText-abc123.js',
    css: ['assets/FormattedText-abc123.css'],
  },
  ...filesOfSources([
    'src/chat/search/SearchButton.vue',
    'src/chat/rooms/RoomMenu.vue',
    'src/chat/rooms/RoomsSidebar.vue',
    'src/chat/timeline/HistoryAround.vue',
    'src/reports/ReportsPage.vue',
    'src/reports/ReportPage.vue',
    'src/privacy/load-privacy-page.ts',
    'src/lesson/load-transports-page.ts',
    'src/accounts/SignInPage.vue',
    'src/accounts/RegisterPage.vue',
    'src/accounts/ResetPasswordPage.vue',
    'src/accounts/ForgotPasswordPage.vue',
    'src/mail/load-mail-pages.ts',
    'src/site/NotFoundPage.vue',
    'src/entry-client.ts',
    ...['en', 'sv', 'nb'].flatMap((language) => [
      `src/locales/${language}.json`,
      `src/locales/privacy/${language}.json`,
      `src/locales/lesson/${language}.json`,
      `src/locales/lesson-text/${language}.json`,
      `src/locales/account-forms/${language}.json`,
      `src/locales/fields/${language}.json`,
      `src/locales/mail/${language}.json`,
      `src/locales/chat/${language}.json`,
      `src/locales/controls/${language}.json`,
    ]),
  ]),
}

function filesOfSources(sources: string[]): Record<string, { file: string }> {
  return Object.fromEntries(
    sources.map((source) => {
      const name = source.replace(/^src\/(locales\/)?|\.\w+$/g, '').replaceAll('/', '-')
      return [source, { file: `assets/${name}-abc123.js` }]
    }),
  )
}
