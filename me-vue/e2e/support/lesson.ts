import { expect, type Locator, type Page } from '@playwright/test'

export const lanes = ['socketio', 'websocket', 'sse', 'longPolling', 'polling', 'plain']
/** Those that keep a cursor: nothing that was said is lost to them. */
export const withCursor = lanes.filter((lane) => lane !== 'plain')

/** The lesson's page, at a server or a proxy in front of it. */
export function lessonOn(page: Page) {
  const section = page.locator('.live-lanes')
  const button = (name: string | RegExp) => section.getByRole('button', { name })
  const lane = (name: string): Locator => section.locator(`[data-lane="${name}"]`)
  return {
    page,
    section,
    button,
    lane,
    state: (name: string) => lane(name).locator('[aria-live]'),
    standing: section.locator('[role="status"]').first(),
    /** The numbers of the messages that have arrived in a lane. */
    arrived: async (name: string) => (await lane(name).locator('li.here').allTextContents()).map(Number),
    /** A figure of a lane; not a number where there is none. */
    figure: async (name: string, figure: string) =>
      Number.parseFloat((await lane(name).locator(`[data-figure="${figure}"]`).getAttribute('value')) ?? ''),
    async open(origin = ''): Promise<void> {
      await page.goto(`${origin}/transports`)
      // The lanes are a file of their own, which is loaded once the page is the script's.
      await expect(button('Start')).toBeVisible({ timeout: 30_000 })
    },
    /** Starts the lanes and waits until those are open. */
    async start(names = lanes): Promise<void> {
      await button('Start').click()
      await this.areOpen(names)
    },
    async areOpen(names = lanes): Promise<void> {
      for (const name of names) await expect(lane(name), name).toHaveAttribute('data-state', 'open')
    },
    /** Waits until the lanes show so many messages. */
    async haveArrived(count: number, names = lanes): Promise<void> {
      for (const name of names) await expect(lane(name).locator('li.here'), name).toHaveCount(count)
    },
  }
}
