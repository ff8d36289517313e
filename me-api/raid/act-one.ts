import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer } from '../fuzz/start-server.ts'
import { inMegabytes, inMs, percent } from './figures.ts'
import type { RaidReport } from './raiders.ts'
import { createVisitors } from './visitors.ts'

/**
 * The first act: 500 connections from 50 addresses flood, spam, imitate and send invalid data, some with proofs of
 * work, while ten visitors talk. All addresses are real ones of the loopback range. Prints its table and returns the
 * server's faults.
 */
export async function actOne(seconds: number): Promise<string[]> {
  const server = await startServer({ TRUST_PROXY: '0' })
  const visitors = await createVisitors(server.url)
  const quiet = await visitors.talk(seconds)
  const before = (await server.health()).heap
  const raiders = fork(join(import.meta.dirname, 'raiders.ts'), [server.url, 'owner'])
  const underRaid = await visitors.talk(seconds)
  raiders.send('stop')
  const [raid] = (await once(raiders, 'message')) as [RaidReport]
  // Presence keeps disconnected people for a while.
  await pause(seconds * 1_000)
  const after = (await server.health()).heap
  visitors.leave()
  await server.stop()

  const [byProvers, byOthers] = [visitors.receivedFrom('prover '), visitors.receivedFrom('raider ')]
  const shown = byProvers + byOthers
  const refusals = raid.codes.map(([code, count]) => `${code} ${count}`).join(', ')
  console.log(`
|  | ${seconds} s quiet | ${seconds} s of raid |
| --- | --- | --- |
| raiders' attempts to join, admitted, of these with a proof | | ${raid.connected}, ${raid.admittedCount}, ${raid.proved} |
| messages that raiders tried to send | | ${raid.wanted} |
| … of which shown | | ${shown} (${percent(shown, raid.wanted)}), ${byProvers} of them after a proof |
| messages sent by admitted raiders | | ${raid.sent} |
| … of which shown | | ${shown} (${percent(shown, raid.sent)}) |
| refusals of raiders | | ${refusals} |
| visitors' messages, refused | ${quiet.took.length}, ${quiet.refused.length} | ${underRaid.took.length}, ${underRaid.refused.length} ${[...new Set(underRaid.refused)].join(' ')} |
| until a visitor's message is stored, p50 | ${inMs(quiet.took, 0.5)} | ${inMs(underRaid.took, 0.5)} |
| … p99 | ${inMs(quiet.took, 0.99)} | ${inMs(underRaid.took, 0.99)} |
| heap after a collection | ${inMegabytes(before)} | ${inMegabytes(after)}, ${seconds} s after |
`)
  return server.faults
}
