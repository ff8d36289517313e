import type { Browser } from '@playwright/test'
import { ms, percentile, type Row } from './table.ts'

/** From the click on the chat tab until messages are in sight and one can type; each time in a fresh browser profile. */
export async function opening(browser: Browser, url: string): Promise<Row[]> {
  const usable: number[] = []
  const live: number[] = []
  for (let time = 0; time < 10; time++) {
    const took = await openOnce(browser, url)
    usable.push(took.usable)
    live.push(took.live)
  }
  const both = (times: number[]) => `${ms(percentile(times, 0.5))}, ${ms(Math.max(...times))}`
  return [
    {
      what: 'click → messages in sight and a field to type in; middle and worst of 10',
      found: both(usable),
      wanted: 'under 1000 ms',
    },
    { what: 'click → Live; middle and worst of 10', found: both(live), wanted: '' },
  ]
}

async function openOnce(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(url, { waitUntil: 'networkidle' })
  await page.evaluate(watchOpening)
  await page.getByRole('link', { name: /^Chat/ }).first().click()
  await page.waitForFunction(() => performance.getEntriesByName('live').length > 0)
  const took = await page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0]!.startTime
    return { usable: at('usable') - at('clicked'), live: at('live') - at('clicked') }
  })
  await context.close()
  return took
}

/** Runs in the page: marks the click, and the first frames in which the chat can be used and says it is live. */
function watchOpening(): void {
  addEventListener('click', () => performance.mark('clicked'), { capture: true, once: true })
  const seen = { usable: false, live: false }
  const look = () => {
    const last = [...document.querySelectorAll('[role=log] article')].at(-1)
    const field = document.querySelector<HTMLInputElement>('footer :is(textarea, input)')
    const there = last !== undefined && last.getBoundingClientRect().bottom <= innerHeight
    if (!seen.usable && there && field && !field.disabled) {
      seen.usable = true
      performance.mark('usable')
    }
    if (seen.usable && /Live/.test(document.querySelector('header [role=status]')?.textContent ?? '')) {
      performance.mark('live')
      return
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
