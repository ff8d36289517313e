/**
 * The load benchmark: this chat compared with the usual Socket.IO chat, plain Socket.IO and plain `ws`, all in one
 * run. See docs/benchmark.md.
 */
import { parseArgs } from 'node:util'
import { writeCharts } from './chart.ts'
import { cluster } from './cluster.ts'
import { documents } from './documents.ts'
import { model } from './fan-out-model.ts'
import { history } from './history.ts'
import { hop } from './hop.ts'
import * as loads from './loads.ts'
import { printResults, writeResults } from './report.ts'
import type { Results } from './results.ts'
import { search } from './search.ts'
import { contestants, ours, usual } from './servers.ts'

const usage = `npm run bench -- [--short] [--seconds N] [--only LOAD,LOAD…] [--readers N] [--docs]

  --short        a first impression in under three minutes: two loads, four seconds each
  --seconds N    how long each steady load is measured (10)
  --only         some of: 500x50 500x400 1000x2000 idle quiet restart history search documents cluster hop model
  --readers N    how many there are on each of two nodes (250): two cores bear no more beside the clients
  --docs         also writes the table and the charts into docs/`

const all = [
  '500x50',
  '500x400',
  '1000x2000',
  'idle',
  'quiet',
  'restart',
  'history',
  'search',
  'documents',
  'cluster',
  'hop',
  'model',
]
const short = ['500x50', '500x400', 'quiet']

// Each server of a run is ended with this program, by a listener of its own.
process.setMaxListeners(100)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const options = readOptions()
const seconds = Number(options.seconds ?? (options.short ? 4 : 10))
const chosen = options.only?.split(',') ?? (options.short ? short : all)

const results: Results = { seconds, sync: await loads.diskSync(30), steady: [] }
for (const load of chosen) await run(load)
printResults(results)
if (options.docs) {
  await writeResults(results)
  await writeCharts(results)
}
process.exit()

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        short: { type: 'boolean' },
        seconds: { type: 'string' },
        only: { type: 'string' },
        readers: { type: 'string' },
        docs: { type: 'boolean' },
      },
    })
    const unknown = values.only?.split(',').filter((load) => !all.includes(load)) ?? []
    const isPositive = (text: string | undefined) => text === undefined || Number(text) > 0
    if (unknown.length === 0 && isPositive(values.seconds) && isPositive(values.readers)) return values
  } catch {
    // The usage is printed below.
  }
  console.error(usage)
  process.exit(1)
}

async function run(load: string): Promise<void> {
  console.error(`${load} …`)
  const [readers, rate] = load.split('x').map(Number)
  if (rate) {
    results.steady.push({
      readers: readers!,
      rate,
      of: await inTurn(contestants, (one) => loads.steady(one, readers!, rate, seconds)),
    })
  }
  if (load === 'idle') results.idle = await inTurn(contestants, (one) => loads.idle(one, 4_000, 20))
  if (load === 'quiet') results.quiet = await inTurn(contestants, (one) => loads.quiet(one, 2 * seconds))
  if (load === 'restart') results.restart = await inTurn([ours, usual], (one) => loads.restart(one, 5_000))
  if (load === 'history') results.history = await history()
  if (load === 'search') results.search = await search()
  if (load === 'cluster') results.cluster = await cluster(Number(options.readers ?? 250), seconds)
  if (load === 'hop') results.hop = await hop()
  if (load === 'model') results.model = model(results)
  if (load === 'documents') results.documents = await documents(seconds)
}

/** Runs the contestants one after the other, so that each has the machine to itself. */
async function inTurn<Result>(
  those: typeof contestants,
  measure: (one: (typeof contestants)[number]) => Promise<Result>,
): Promise<Record<string, Result>> {
  const found: Record<string, Result> = {}
  for (const one of those) {
    found[one.name] = await measure(one)
    console.error(`  ${one.name}`)
  }
  return found
}
