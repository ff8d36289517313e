import type { Page } from '@playwright/test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, visitor } from '../../e2e/support/chat.ts'
import { buildHouse, type House } from '../../e2e/support/house.ts'
import { furnish } from './furnish.ts'

/** Where all pictures go; docs/tour.md shows some of them. */
export const pictures = join(import.meta.dirname, '../../test-results/tour')

/** The time at which it is always now: a Wednesday morning. */
export const NOW = Date.UTC(2026, 2, 4, 8, 15)

const widths = [
  [390, 844],
  [768, 1024],
  [1280, 800],
] as const

type Parts = {
  /** Draws what a page shows, on a phone, a tablet and a laptop, in the light and in the dark. */
  picture: (page: Page, name: string) => Promise<void>
  /** Somebody in front of a browser in which it is always now, in the chat. */
  guest: (options?: Parameters<typeof visitor>[2]) => ReturnType<typeof visitor>
}

export const test = base.extend<Parts>({
  house: async ({ browser }, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'me-tour-'))
    const first = join(import.meta.dirname, 'same-each-time.ts')
    const house = buildHouse(directory, { NODE_OPTIONS: `--import=${first}`, TOUR_NOW: String(NOW) })
    await house.start()
    await furnish(house)
    await use(house)
    await Promise.all(browser.contexts().map((context) => context.close()))
    await house.kill()
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
          // Two frames, and the end of what is measured in them.
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
  guest: async ({ browser, house }, use) => {
    await use((options) => visitor(browser, house, { timezoneId: 'UTC', ...options, now: NOW }))
  },
})

export { expect } from '../../e2e/support/chat.ts'
export type { House }
