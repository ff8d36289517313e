import type { Page } from '@playwright/test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, visitor } from '../../e2e/support/chat.ts'
import { createTestServer, type TestServer } from '../../e2e/support/test-server.ts'
import { seedSite } from './seed-site.ts'

/** The folder for all screenshots; docs/tour.md shows some of them. */
export const pictures = join(import.meta.dirname, '../../test-results/tour')

/** The fixed current time: a Wednesday morning. */
export const NOW = Date.UTC(2026, 2, 4, 8, 15)

const widths = [
  [390, 844],
  [768, 1024],
  [1280, 800],
] as const

type Parts = {
  /** Takes screenshots of a page at the widths of a phone, a tablet and a laptop, in the light and the dark theme. */
  picture: (page: Page, name: string) => Promise<void>
  /** Takes one screenshot of a page as it is, 390 pixels wide in the light theme. */
  photo: (page: Page, name: string) => Promise<void>
  /** Opens the chat in a new browser whose clock is fixed. */
  guest: (options?: Parameters<typeof visitor>[2]) => ReturnType<typeof visitor>
}

export const test = base.extend<Parts>({
  server: async ({ browser, settings }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'me-tour-'))
    const preload = join(import.meta.dirname, 'deterministic-server.ts')
    const server = createTestServer(directory, {
      NODE_OPTIONS: `--import=${preload}`,
      TOUR_NOW: String(NOW),
      ...settings,
    })
    await server.start()
    await seedSite(server)
    await use(server)
    await Promise.all(browser.contexts().map((context) => context.close()))
    await server.kill()
    rmSync(directory, { recursive: true })
  },
  // eslint-disable-next-line no-empty-pattern -- Playwright asks for it.
  picture: async ({}, use) => {
    mkdirSync(pictures, { recursive: true })
    await use(async (page, name) => {
      await page.evaluate(() => document.fonts.ready)
      for (const [width, height] of widths) {
        await page.setViewportSize({ width, height })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          // Waits for two frames and the layout that follows them.
          await page.waitForTimeout(250)
          await page.screenshot({
            path: join(pictures, `${name}-${width}-${colorScheme}.png`),
            caret: 'hide',
            animations: 'disabled',
          })
        }
      }
    })
  },
  // eslint-disable-next-line no-empty-pattern -- Playwright asks for it.
  photo: async ({}, use) => {
    mkdirSync(pictures, { recursive: true })
    await use(async (page, name) => {
      await page.evaluate(() => document.fonts.ready)
      await page.screenshot({
        path: join(pictures, `${name}-390-light.png`),
        caret: 'hide',
        animations: 'disabled',
      })
    })
  },
  guest: async ({ browser, server }, use) => {
    await use((options) => visitor(browser, server, { timezoneId: 'UTC', ...options, now: NOW }))
  },
})

export { expect } from '../../e2e/support/chat.ts'
export type { TestServer }
