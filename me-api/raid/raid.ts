/**
 * A raid: 500 connections from 50 addresses that flood, spam, imitate and send nonsense, while ten visitors talk, with
 * the settings one gets by default. The addresses are those that a proxy would tell of.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHouse } from '../fuzz/start-house.ts'
import { type RaidReport, wished } from './raiders.ts'
import { createVisitors } from './visitors.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
const seconds = Number(values.seconds)
if (!(seconds > 0)) {
  console.error('npm run raid -- [--seconds N]')
  process.exit(1)
}

const house = await startHouse({})
const visitors = await createVisitors(house.url)
const quiet = await visitors.talk(seconds)
const before = (await house.health()).heap
const raiders = fork(join(import.meta.dirname, 'raiders.ts'), [house.url, 'owner'])
const loud = await visitors.talk(seconds)
raiders.send('stop')
const [{ connected, letIn, sent, codes }] = (await once(raiders, 'message')) as [RaidReport]
// Presence keeps who left for a while.
await new Promise((resolve) => void setTimeout(resolve, seconds * 1_000))
const after = (await house.health()).heap
visitors.leave()
await house.stop()

const through = visitors.heard()
const refusals = codes.map(([code, count]) => `${code} ${count}`).join(', ')
console.log(`
| ${seconds} s quiet, ${seconds} s of raid      |   |
| ---------------------------------- | - |
| raiders connected, let in          | ${connected}, ${letIn} |
| their messages sent                | ${sent} |
| of these shown to the visitors     | ${through} (${percent(through, sent)}), ${percent(through, wished(seconds))} of what 500 wished to say |
| what they were told                | ${refusals} |
| visitors' messages, quiet and loud | ${quiet.took.length}, ${loud.took.length} |
| refused, quiet and loud            | ${quiet.refused.length}, ${loud.refused.length} ${[...new Set(loud.refused)].join(' ')} |
| p50, quiet and loud                | ${inMs(quiet.took, 0.5)}, ${inMs(loud.took, 0.5)} |
| p99, quiet and loud                | ${inMs(quiet.took, 0.99)}, ${inMs(loud.took, 0.99)} |
| heap before and ${seconds} s after     | ${inMegabytes(before)}, ${inMegabytes(after)} |
`)
for (const fault of house.faults) console.error(fault)
process.exit(house.faults.length === 0 ? 0 : 1)

function inMs(took: number[], part: number): string {
  const sorted = took.toSorted((one, other) => one - other)
  return `${(sorted[Math.ceil(sorted.length * part) - 1] ?? NaN).toFixed(1)} ms`
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
