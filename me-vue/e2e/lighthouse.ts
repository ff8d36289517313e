/**
 * Runs Lighthouse on the built site with the real server, as a phone: accessibility, best practices and SEO must be
 * 100, nothing may move, and a page's files have a budget; performance is only printed, because it depends on the
 * machine. `VISITS=5` visits each page five times and prints the median.
 */
import { launch } from 'chrome-launcher'
import lighthouse, { type Result } from 'lighthouse'
import { ownerAccount, startServer } from './support/server.ts'

const chromePath = process.env.CHROMIUM_PATH
if (!chromePath) throw new Error('Set CHROMIUM_PATH to a Chromium.')

/**
 * Each with its budget in kB (1,000 bytes), compressed and with their headers, for all that a visit loads. Home and a report
 * also ask what is said about them, and follow it.
 */
const pages = {
  home: { path: '/', budget: 132 },
  reports: { path: '/reports', budget: 130 },
  report: { path: '/reports/week/1', budget: 143 },
  chat: { path: '/chat', budget: 205 },
}
const VISITS = Number(process.env.VISITS ?? 1)
/** Cumulative layout shift: what Lighthouse's own 0 allows for rounding. */
const MOST_SHIFT = 0.005
const required = ['accessibility', 'best-practices', 'seo']

const server = await startServer()
await seed(server.url)
console.log('          performance  accessibility  best practices  SEO')
try {
  for (const [name, { path, budget }] of Object.entries(pages)) {
    const visits: Result[] = []
    while (visits.length < VISITS) visits.push(await runLighthouse(server.url + path))
    const median = visits.toSorted((a, b) => performanceOf(a) - performanceOf(b))[Math.floor(VISITS / 2)]!
    printScores(name, median)
    for (const visit of visits) checkLimits(visit, budget)
  }
} finally {
  await server.stop()
}

function performanceOf({ categories }: Result): number {
  return categories.performance?.score ?? 0
}

function checkLimits({ audits }: Result, budget: number): void {
  const shift = audits['cumulative-layout-shift']?.numericValue ?? Infinity
  const size = (audits['total-byte-weight']?.numericValue ?? Infinity) / 1000
  if (shift <= MOST_SHIFT && size <= budget) return
  process.exitCode = 1
  console.log(`  ✗ shift ${shift.toFixed(4)} of ${MOST_SHIFT}, ${size.toFixed(1)} kB of ${budget} kB`)
}

/** Runs in a new browser, as a first visit does, and tries again if a busy machine spoilt the trace. */
async function runLighthouse(url: string, attempts = 3): Promise<Result> {
  const chromeFlags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  const { port, kill } = await launch({ chromePath, chromeFlags })
  const onlyCategories = ['performance', ...required]
  const found = await lighthouse(url, { port, logLevel: 'error', onlyCategories }).catch(() => undefined)
  kill()
  if (found && !found.lhr.runtimeError) return found.lhr
  if (attempts > 1) return runLighthouse(url, attempts - 1)
  throw new Error(found?.lhr.runtimeError?.message ?? `Lighthouse said nothing of ${url}`)
}

function printScores(name: string, { categories, audits }: Result): void {
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100)
  const row = ['performance', ...required].map((category, at) =>
    String(score(category)).padStart([11, 15, 16, 5][at]!),
  )
  const [paint, blocked, shift] = [
    'largest-contentful-paint',
    'total-blocking-time',
    'cumulative-layout-shift',
  ].map((id) => audits[id]?.displayValue)
  console.log(
    `${name.padEnd(10)}${row.join('')}   largest paint ${paint}, blocked ${blocked}, shift ${shift}`,
  )
  for (const category of required.filter((one) => score(one) < 100)) {
    process.exitCode = 1
    for (const { id, weight } of categories[category]?.auditRefs ?? []) {
      const audit = audits[id]
      if (weight > 0 && audit?.score !== null && (audit?.score ?? 1) < 1) {
        console.log(`  ✗ ${category}: ${audit?.title}`)
        console.log(`    ${JSON.stringify(audit?.details)?.slice(0, 500)}`)
      }
    }
  }
}

/** Creates a report with every kind of text, and a message. */
async function seed(url: string): Promise<void> {
  const send = async (method: string, path: string, body: object, token = '') => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return (await answer.json()).data
  }
  const { token } = await send('POST', '/api/login', ownerAccount)
  const text =
    'What a **database** promises, with `code` and [a link](https://example.org).\n\n## When\n\n> Later.\n\n```\ncommit\n```'
  await send('POST', '/api/reports', { week: 1, title: 'What a database promises', text }, token)
  await send('POST', '/api/chat/rooms/lobby/messages', { text: 'Good morning.' }, token)
}
