import type { Browser } from '@playwright/test'
import { io } from 'socket.io-client'
import { realWords } from './history.ts'
import { ms, percentile, type Row } from './table.ts'

/** Messages a second, and how many people they come from. */
const RATE = 100
const WRITERS = 5

/** Somebody types, and now and then sends, while 100 real messages a second come in. */
export async function busyRoom(browser: Browser, url: string, seconds = 60): Promise<Row[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(`${url}/chat`)
  await page.getByRole('log').getByRole('article').last().waitFor()
  await page.getByRole('textbox').fill('quiet-fox')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Message' }).focus()
  await page.evaluate(watchInteractions)

  const crowd = await talk(url)
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) {
    await page.keyboard.type('and then it said something about the lamp ', { delay: 90 })
    await page.keyboard.press('Enter')
  }
  const said = crowd.stop()
  const durations = await page.evaluate(() => (window as unknown as { durations: number[] }).durations)
  const unsent = await page.getByText('sending…').count()
  const atEnd = await page
    .getByRole('log')
    .evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 400)
  await context.close()
  return [
    {
      what: `${RATE} messages a second for ${seconds} s, somebody typing: INP (98th percentile of ${durations.length} keys)`,
      found: ms(percentile(durations, 0.98)),
      wanted: 'under 200 ms',
    },
    {
      what: '– middle and longest',
      found: `${ms(percentile(durations, 0.5))}, ${ms(Math.max(...durations))}`,
      wanted: '',
    },
    { what: '– messages that came in', found: String(said), wanted: String(RATE * seconds) },
    {
      what: '– own words still on their way at the end; still at the end of the log',
      found: `${unsent}, ${atEnd ? 'yes' : 'no'}`,
      wanted: 'at most 1, yes',
    },
  ]
}

/** Says real words at a steady rate. */
async function talk(url: string) {
  const words = await realWords(8_000)
  const people = Array.from({ length: WRITERS }, (_, index) =>
    io(`${url}/chat`, { forceNew: true, transports: ['websocket'], auth: { nick: `writer-${index}` } }),
  )
  await Promise.all(people.map((one) => new Promise((resolve) => one.once('welcome', resolve))))
  const start = performance.now()
  let [said, acknowledged] = [0, 0]
  const timer = setInterval(() => {
    for (; said < ((performance.now() - start) / 1_000) * RATE; said++) {
      const draft = { room: 'lobby', id: crypto.randomUUID(), text: words[said % words.length] }
      people[said % WRITERS]!.emit(
        'message:send',
        draft,
        (answer: { ok: boolean }) => (acknowledged += +answer.ok),
      )
    }
  }, 10)
  return {
    stop() {
      clearInterval(timer)
      for (const one of people) one.disconnect()
      return acknowledged
    },
  }
}

/** Runs in the page: how long each key took until the next paint, as Interaction to Next Paint counts it. */
function watchInteractions(): void {
  const longest = new Map<number, number>()
  const durations: number[] = []
  Object.assign(window, { durations })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[]) {
      if (entry.interactionId)
        longest.set(entry.interactionId, Math.max(longest.get(entry.interactionId) ?? 0, entry.duration))
    }
    durations.splice(0, durations.length, ...longest.values())
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
}
