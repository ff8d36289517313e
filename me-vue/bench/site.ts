/**
 * How fast the chat is to read and to write in, in a real Chromium over the real server, with 196,123 messages in the
 * room. See docs/benchmark.md.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { launchOptions } from '../e2e/support/chromium.ts'
import { startServer } from '../e2e/support/server.ts'
import { busyRoom } from './busy-room.ts'
import { historyFile, importHistory } from './history.ts'
import { opening } from './opening.ts'
import { pagingUp } from './paging-up.ts'
import { table, type Row } from './table.ts'

const measurements = { opening, 'paging-up': pagingUp, 'busy-room': busyRoom }
const names = Object.keys(measurements) as (keyof typeof measurements)[]

const { only, seconds } = readOptions()
if (!existsSync(historyFile)) {
  console.error(`The messages to measure with are not there: ${historyFile}`)
  process.exit(1)
}

const house = await startServer({}, importHistory)
const browser = await chromium.launch(launchOptions())
const rows: Row[] = []
try {
  for (const name of names.filter((one) => !only || only.includes(one))) {
    console.error(`${name} …`)
    const found = await measurements[name](browser, house.url, seconds)
    console.error(table(found))
    rows.push(...found)
  }
} finally {
  await browser.close()
  await house.stop()
}
console.log(table(rows))

function readOptions() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, seconds: { type: 'string' } } })
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
  return { only: values.only?.split(','), seconds }
}
