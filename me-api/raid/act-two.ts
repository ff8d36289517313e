import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer } from '../fuzz/start-server.ts'
import { createBystander } from './bystander.ts'
import { inMegabytes, percentile } from './figures.ts'
import type { Flood } from './floods/flood.ts'
import { floods } from './floods/floods.ts'
import { startFlood } from './floods/start-flood.ts'
import { seedRoom } from './seed-room.ts'
import { createVisitors } from './visitors.ts'

/** Milliseconds that others may wait at most, at the 99th percentile. */
const WAIT_MAX = 250
/** Milliseconds between two messages of a visitor: a newcomer may send five in ten seconds. */
const SEND_INTERVAL = 2_100
/** Milliseconds between the end of a flood and the memory measurement. */
const SETTLE_TIME = 2_000

/**
 * The second act: one flood after the other, each against a separate server whose room is full of long messages,
 * while ten visitors talk and another client reads the site. The first row is without a flood, as the baseline of the
 * machine. Prints its table and returns the servers' faults.
 */
export async function actTwo(seconds: number, only?: string): Promise<string[]> {
  const chosen = only ? floods.filter(({ name }) => name === only) : floods
  console.log(`
| flood | message p50 | p99 | max | file p50 | p99 | max | history p99 | to a reader | heap before → after | flood was answered |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |`)
  const faults: string[] = []
  for (const flood of [null, ...chosen]) faults.push(...(await measure(flood, seconds)))
  const load = loadavg().map((average) => average.toFixed(1))
  console.log(`
Each for ${seconds} s; **bold** is a p99 over ${WAIT_MAX} ms. Load average of the machine at the end: ${load.join(', ')}.`)
  return faults
}

async function measure(flood: Flood | null, seconds: number): Promise<string[]> {
  const room = seedRoom()
  const server = await startServer({ TRUST_PROXY: '0', DATABASE_URL: room.databaseUrl })
  await room.fill()
  const visitors = await createVisitors(server.url)
  const bystander = await createBystander(server.url)
  const before = (await server.health()).heap
  const raider = flood && startFlood(flood, server.url, seconds)
  const [talk, reads] = await Promise.all([visitors.talk(seconds, SEND_INTERVAL), bystander.read(seconds)])
  const answers = (await raider?.stop()) ?? []
  await pause(SETTLE_TIME)
  const after = (await server.health()).heap
  visitors.leave()
  bystander.leave()
  await server.stop()
  room.remove()

  const cells = [
    flood?.description ?? 'none (quiet)',
    ...waits(talk.took),
    ...waits(reads.file),
    mark(percentile(reads.history, 0.99)),
    `${reads.kilobytesPerSecond.toFixed(1)} kB/s`,
    `${inMegabytes(before)} → ${inMegabytes(after)}`,
    answers.map(([code, count]) => `${code} ${count}`).join(', '),
  ]
  console.log(`| ${cells.join(' | ')} |`)
  for (const code of new Set([...talk.refused, ...reads.refused]))
    console.log(`visitors were refused: ${code}`)
  return server.faults
}

const waits = (took: number[]): string[] => [
  percentile(took, 0.5).toFixed(1),
  mark(percentile(took, 0.99)),
  percentile(took, 1).toFixed(1),
]

/** Marks a wait that is too long in bold. */
function mark(milliseconds: number): string {
  const text = milliseconds.toFixed(1)
  return milliseconds > WAIT_MAX ? `**${text}**` : text
}
