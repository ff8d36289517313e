/**
 * Records what the lanes of /transports need, for readers without script: in a real Chromium over the real server, with the
 * figures that the page itself shows. Writes src/lesson/text/recorded.json.
 */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Locator } from '@playwright/test'
import { launchOptions } from '../e2e/support/chromium.ts'
import { startServer } from '../e2e/support/server.ts'

/** How many messages are said, seconds between two of them, and what the page does when it cuts the network. */
const MESSAGES = 20
const EVERY = 2
const CUT = { seconds: 2, messages: 3 }
/** Seconds within which every lane has what was said: the slowest asks every two. */
const SETTLED = 5

const house = await startServer()
const browser = await chromium.launch(launchOptions())
try {
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  await page.goto(`${house.url}/transports`)
  await page.getByRole('button', { name: 'Start' }).click()
  const lanes = page.locator('[data-lane]')
  await page.waitForFunction(() => {
    const all = [...document.querySelectorAll<HTMLElement>('[data-lane]')]
    return all.length > 0 && all.every(({ dataset }) => dataset['state'] === 'open')
  })
  await wait(SETTLED * 1_000)

  const before = await figuresOf(lanes)
  for (let said = 0; said < MESSAGES; said++) {
    await page.getByRole('button', { name: 'Say something' }).click()
    await wait(EVERY * 1_000)
  }
  await wait(SETTLED * 1_000)
  const after = await figuresOf(lanes)
  await page.getByRole('button', { name: /^Cut the network/ }).click()
  await wait((CUT.seconds + SETTLED) * 1_000)
  const lost = await lostOf(lanes)

  const protocol = await page.evaluate(
    () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol,
  )
  const recorded = {
    recordedAt: new Date().toISOString().slice(0, 10),
    browser: `Chromium ${browser.version().split('.')[0]}`,
    protocol: protocol.toUpperCase(),
    cores: availableParallelism(),
    load: Math.round(loadavg()[0]!),
    messages: MESSAGES,
    seconds: MESSAGES * EVERY + SETTLED,
    cut: CUT,
    lanes: Object.fromEntries(
      Object.entries(after).map(([lane, { requests, up, down, heads, median, worst }]) => {
        const { requests: requested = 0, up: sent = 0, down: received = 0, heads: headed = 0 } = before[lane]!
        const figures = {
          requests: requests! - requested,
          bytes: up! + down! - sent - received,
          headers: heads! - headed,
          median: Math.round(median!),
          worst: Math.round(worst!),
          lost: lost[lane]!,
        }
        return [lane, figures]
      }),
    ),
  }
  await writeFile(
    join(import.meta.dirname, '../src/lesson/text/recorded.json'),
    `${JSON.stringify(recorded, null, 2)}\n`,
  )
  console.table(recorded.lanes)
} finally {
  await browser.close()
  await house.stop()
}

/** Each lane's figures, as they stand in the page. */
async function figuresOf(lanes: Locator): Promise<Record<string, Record<string, number>>> {
  return Object.fromEntries(
    await lanes.evaluateAll((all) =>
      all.map((lane) => [
        (lane as HTMLElement).dataset['lane']!,
        Object.fromEntries(
          [...lane.querySelectorAll<HTMLDataElement>('data[data-figure]')].map((one) => [
            one.dataset['figure']!,
            Number(one.value),
          ]),
        ),
      ]),
    ),
  )
}

/** How many messages each lane says that it has lost. */
async function lostOf(lanes: Locator): Promise<Record<string, number>> {
  const said = await lanes.evaluateAll((all) =>
    all.map((lane) => [(lane as HTMLElement).dataset['lane']!, (lane as HTMLElement).innerText] as const),
  )
  return Object.fromEntries(said.map(([lane, text]) => [lane, Number(/(\d{1,3}) lost/.exec(text)?.[1] ?? 0)]))
}
