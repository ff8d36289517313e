/**
 * Two nodes behind a balancer that breaks connections, twelve writers, nine readers, and one fault after the other.
 * Exits with 1 if anything got lost, came twice or in another order, or did not come back in time.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { AGREE_WITHIN, EQUAL_WITHIN, checkPeople, checkReaders, checkStored } from './check.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { type Fault, faults, faultsOf } from './faults.ts'
import { type Reader, startReaders } from './readers.ts'
import type { StockClient } from './stock-client.ts'
import { type Writer, startWriters } from './writers.ts'

/** Milliseconds after a fault's end in which every stock client is connected again. */
const BACK_WITHIN = 10_000
/** Milliseconds between two faults. */
const BETWEEN = 3_000

const seconds = readSeconds()
const cluster = await startCluster()
const violations = await storm(cluster).catch((error: unknown) => [String(error)])
await cluster.stop()
for (const violation of new Set(violations)) console.error(`VIOLATED: ${violation}`)
process.exit(violations.length === 0 ? 0 : 1)

async function storm(cluster: Cluster): Promise<string[]> {
  if (!cluster.disk) console.log('LEFT OUT: no small disk may be made here, which could be full.')
  const writers = await startWriters(cluster.url)
  const readers = startReaders(cluster.url)
  cluster.breakConnections()
  const clients = [...writers, ...readers].flatMap(({ client }) => client ?? [])
  const found: string[] = []
  console.log(`
| fault | it took | stock clients were back after | longest wait of a writer | stored meanwhile |
| --- | --- | --- | --- | --- |`)
  const until = performance.now() + seconds * 1_000
  const all = [...faults, ...(cluster.disk ? faultsOf(cluster.disk) : [])]
  for (let round = 0; round === 0 || performance.now() < until; round++)
    for (const fault of all) {
      await pause(BETWEEN)
      found.push(...(await suffer(fault, round, { writers, clients })))
    }
  await Promise.all(writers.map((writer) => writer.finish()))
  cluster.calm()
  const calmAt = performance.now()
  found.push(...(await checkAll({ writers, readers, clients, calmAt })))
  const { away } = await allBack(clients, calmAt)
  for (const client of clients) client.close()
  for (const { end } of readers) end.abort()
  return [
    ...found,
    ...away,
    ...cluster.nodes.flatMap((node) => node.faults),
    ...writers.flatMap(({ refusals }) => refusals),
    ...readers.flatMap((reader) => reader.violations),
    ...clients.flatMap(({ endings }) => endings),
  ]
}

type Crowd = { writers: Writer[]; clients: StockClient[] }

/** Lets a fault happen; returns who is not back in time after it. */
async function suffer(fault: Fault, round: number, { writers, clients }: Crowd): Promise<string[]> {
  writers.forEach((writer) => writer.takeLongestWait())
  const stored = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  const [before, began] = [stored(), performance.now()]
  await fault.happen(cluster, round)
  const endedAt = performance.now()
  const { away, back } = await allBack(clients, endedAt)
  const wait = Math.max(...writers.map((writer) => writer.takeLongestWait()))
  const cells = [fault.name, inS(endedAt - began), inS(back), inS(wait), stored() - before]
  console.log(`| ${cells.join(' | ')} |`)
  return away.map((state) => `not back ${inS(BACK_WITHIN)} after ${fault.name}: ${state}`)
}

/**
 * Returns the milliseconds from `since` until every client was connected, and the state of those that are not in time.
 * Connections break all the time: a client counts as back as soon as it was there once.
 */
async function allBack(clients: StockClient[], since: number): Promise<{ back: number; away: string[] }> {
  const away = new Set(clients)
  for (;;) {
    for (const client of away) if (client.isBack()) away.delete(client)
    const back = performance.now() - since
    if (away.size === 0 || back > BACK_WITHIN) return { back, away: [...away].map(({ state }) => state()) }
    await pause(20)
  }
}

type Everybody = Crowd & { readers: Reader[]; calmAt: number }

async function checkAll({ writers, readers, clients, calmAt }: Everybody): Promise<string[]> {
  const stored = await checkStored(cluster, writers)
  const read = await checkReaders(cluster, readers, stored.ids, calmAt)
  const people = await checkPeople(
    cluster,
    clients.map(({ nick }) => nick),
    calmAt,
  )
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0)
  console.log(`
| in the end | |
| --- | --- |
| messages acknowledged, stored | ${acknowledged}, ${stored.ids.length} |
| all ${readers.length} readers have the same log after | ${inS(read.took)} (at most ${inS(EQUAL_WITHIN)}) |
| both nodes know the same people after | ${inS(people.took)} (at most ${inS(AGREE_WITHIN)}) |
`)
  for (const { name, logged } of cluster.nodes)
    for (const [text, count] of logged) console.log(`node ${name} logged ${count} times: ${text}`)
  return [...stored.violations, ...read.violations, ...people.violations]
}

function inS(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`
}

function readSeconds(): number {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1' } } })
    if (Number(values.seconds) > 0) return Number(values.seconds)
  } catch {
    // An unknown option.
  }
  console.error(
    'npm run storm -- [--seconds N]   each fault at least once, and all again until N seconds are over',
  )
  process.exit(1)
}
