/**
 * Records what the lanes of /transports need, for readers without script: in a real Chromium over the real server, with the
 * figures that the page itself shows. Writes src/lesson/text/recorded.json.
 */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import { launchOptions } from '../e2e/support/chromium.ts'
import { lanes, lessonOn } from '../e2e/support/lesson.ts'
import { startServer } from '../e2e/support/server.ts'

/** How many messages are said, seconds between two of them, and what the page does when it cuts the network. */
const MESSAGES = 20
const EVERY = 2
const CUT = { seconds: 2, messages: 3 }
/** Seconds within which every lane has what was said: the slowest asks every two. */
const SETTLED = 5

const server = await startServer()
const browser = await chromium.launch(launchOptions())
try {
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  const lesson = lessonOn(page)
  await lesson.open(server.url)
  await lesson.start()
  await wait(SETTLED * 1_000)

  /** What a lane has cost so far. */
  async function costsOf(lane: string) {
    const of = (name: string) => lesson.figure(lane, name)
    return {
      requests: await of('requests'),
      bytes: (await of('up')) + (await of('down')),
      headers: await of('heads'),
    }
  }
  const before = await Promise.all(lanes.map(costsOf))
  for (let said = 0; said < MESSAGES; said++) {
    await lesson.button('Say something').click()
    await wait(EVERY * 1_000)
  }
  await wait(SETTLED * 1_000)
  const after = await Promise.all(lanes.map(costsOf))
  const [medians, longest] = await Promise.all(
    ['median', 'worst'].map((name) => Promise.all(lanes.map((lane) => lesson.figure(lane, name)))),
  )
  await lesson.button('Cut the network').click()
  await wait((CUT.seconds + SETTLED) * 1_000)
  const lost = await Promise.all(lanes.map((lane) => lesson.lane(lane).locator('li.lost').count()))

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
      lanes.map((lane, at) => [
        lane,
        {
          requests: after[at]!.requests - before[at]!.requests,
          bytes: after[at]!.bytes - before[at]!.bytes,
          headers: after[at]!.headers - before[at]!.headers,
          median: Math.round(medians![at]!),
          worst: Math.round(longest![at]!),
          lost: lost[at]!,
        },
      ]),
    ),
  }
  await writeFile(
    join(import.meta.dirname, '../src/lesson/text/recorded.json'),
    `${JSON.stringify(recorded, null, 2)}\n`,
  )
  console.table(recorded.lanes)
} finally {
  await browser.close()
  await server.stop()
}
