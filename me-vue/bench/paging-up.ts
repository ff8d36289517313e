import type { Browser, CDPSession, Page } from '@playwright/test'
import { percentile, type Row } from './table.ts'

/** Milliseconds between the repetitions of a held key: 30 a second, as most systems send them. */
const REPEAT = 33

type Frames = { times: number[]; empty: number; waiting: number; rows: number }

/** Holding Page Up, from the end of a room with all that history. */
export async function pagingUp(browser: Browser, url: string, seconds = 20): Promise<Row[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await page.goto(`${url}/chat`)
  await page.getByRole('log').getByRole('article').last().waitFor()
  await page.getByRole('log').focus()
  await hold(page, 1)
  const before = await memory(devtools)

  await page.evaluate(watchFrames)
  await hold(page, seconds)
  const { times, empty, waiting, rows } = await page.evaluate(
    () => (window as unknown as { frames: Frames }).frames,
  )
  const after = await memory(devtools)
  const read = await page.getByRole('log').evaluate((box) => box.scrollHeight)
  await context.close()

  const spans = times.slice(1).map((time, index) => time - times[index]!)
  const perSecond = (spans.length / (times.at(-1)! - times[0]!)) * 1_000
  const share = (count: number) => `${((100 * count) / times.length).toFixed(1)} %`
  return [
    { what: `Page Up held for ${seconds} s: frames a second`, found: perSecond.toFixed(1), wanted: '≥ 50' },
    {
      what: '– the 99th percentile of a frame, and the longest',
      found: `${percentile(spans, 0.99).toFixed(0)} ms, ${Math.max(...spans).toFixed(0)} ms`,
      wanted: '',
    },
    { what: '– frames with an empty stretch in sight', found: share(empty), wanted: '0.0 %' },
    { what: '– frames at the upper end of what has been fetched', found: share(waiting), wanted: '' },
    { what: '– most rows in the document', found: String(rows), wanted: 'a few hundred' },
    {
      what: '– memory (JavaScript, after collecting garbage), before and after',
      found: `${before.heap.toFixed(1)} MB, ${after.heap.toFixed(1)} MB`,
      wanted: 'flat',
    },
    { what: '– nodes in memory, before and after', found: `${before.nodes}, ${after.nodes}`, wanted: 'flat' },
    { what: '– height of what has been read', found: `${read.toLocaleString('en')} px`, wanted: '' },
  ]
}

async function hold(page: Page, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) {
    const pressed = page.keyboard.down('PageUp')
    await new Promise((resolve) => setTimeout(resolve, REPEAT))
    await pressed
  }
  await page.keyboard.up('PageUp')
}

async function memory(devtools: CDPSession) {
  await devtools.send('Performance.enable')
  // Twice: what finalizers let go of is only collected by the next.
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
  return { heap: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes') }
}

/** Runs in the page: notes each frame's time, and whether rows fill the log from its upper to its lower edge. */
function watchFrames(): void {
  const frames: Frames = { times: [], empty: 0, waiting: 0, rows: 0 }
  Object.assign(window, { frames })
  const box = document.querySelector('[role=log]')!
  const { top, bottom } = box.getBoundingClientRect()
  const look = (time: number) => {
    frames.times.push(time)
    const rows = [...box.querySelectorAll('article')].filter((row) =>
      row.checkVisibility({ visibilityProperty: true }),
    )
    const [first, last] = [rows[0]?.getBoundingClientRect(), rows.at(-1)?.getBoundingClientRect()]
    const atTop = box.scrollTop < 80
    if (atTop) frames.waiting++
    // A day's line may stand above the first row.
    else if (!first || !last || first.top > top + 60 || last.bottom < bottom - 60) frames.empty++
    frames.rows = Math.max(frames.rows, rows.length)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
