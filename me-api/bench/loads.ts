import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clock } from './clock.ts'
import { type Crowd, startCrowd } from './crowds.ts'
import { type Summary, createLatencies } from './latencies.ts'
import {
  type Contestant,
  type RunningServer,
  freePort,
  settledMemory,
  startServer,
  temporaryFolder,
} from './servers.ts'

/** Writers among the readers of a load. */
const WRITERS = 20
/** Seconds that a server has for the rest after the last message is sent. */
const PATIENCE = 10

/** The warm-up before the measurement, so that code is compiled and memory has grown. */
const WARM_UP = { rate: 50, seconds: 3 }

/** Runs a function with a fresh server, and cleans up afterwards. */
async function withServer<Result>(
  contestant: Contestant,
  act: (server: RunningServer, folder: string, port: number) => Promise<Result>,
): Promise<Result> {
  const folder = temporaryFolder()
  const port = await freePort()
  const server = await startServer(contestant, folder.path, port)
  try {
    return await act(server, folder.path, port)
  } finally {
    await server.stop(process.env['BENCH_PROFILE'] ? 'SIGTERM' : 'SIGKILL')
    folder.remove()
  }
}

/** Starts two crowds, so that the many readers' work does not delay the few writers' clocks. */
async function withCrowds<Result>(act: (readers: Crowd, writers: Crowd) => Promise<Result>): Promise<Result> {
  const crowds = await Promise.all([startCrowd(), startCrowd()])
  try {
    return await act(...crowds)
  } finally {
    for (const crowd of crowds) crowd.leave()
  }
}

export type Steady = {
  perCpuSecond: number
  cpuShare: number
  delivery: Summary
  ack: Summary
  lost: number
  doubled: number
  expected: number
}

/** Measures a steady load of `readers` and messages per second. */
export function steady(
  contestant: Contestant,
  readers: number,
  rate: number,
  seconds: number,
): Promise<Steady> {
  return withServer(contestant, ({ url, cpuSeconds }) =>
    withCrowds(async (many, few) => {
      const { dialect } = contestant
      const messages = Math.ceil(rate * seconds * 1.5) + 1_000
      await many.ask('join', { url, dialect, messages, count: readers - WRITERS })
      await few.ask('join', { url, dialect, messages, count: WRITERS, nicks: true })
      await pause(1_500)
      const warmUp = await few.ask('write', WARM_UP)
      await Promise.all([many, few].map((crowd) => crowd.ask('count', { ...warmUp, patience: PATIENCE })))
      await Promise.all([many, few].map((crowd) => crowd.ask('begin', warmUp)))
      const [cpuBefore, began] = [cpuSeconds(), performance.now()]
      const { sent } = await few.ask('write', { rate, seconds })
      const [seen, own, acks] = await Promise.all([
        many.ask('count', { sent, patience: PATIENCE }),
        few.ask('count', { sent, patience: PATIENCE }).then(async (counted) => ({
          counted,
          acks: await few.ask('acks', { patience: 0.1 }),
        })),
        null,
      ]).then(([seen, { counted, acks }]) => [seen, counted, acks] as const)
      const cpu = cpuSeconds() - cpuBefore
      return {
        perCpuSecond: (seen.deliveries + own.deliveries) / cpu,
        cpuShare: cpu / ((performance.now() - began) / 1_000),
        delivery: seen.latency,
        ack: acks.latency,
        lost: seen.lost + own.lost,
        doubled: seen.doubled + own.doubled,
        expected: (sent - warmUp.sent) * readers,
      }
    }),
  )
}

export type Idle = { perConnection: number; before: number; cpuShare: number }

/** Measures an idle connection: growth of resident memory, in bytes. */
export function idle(contestant: Contestant, connections: number, settle: number): Promise<Idle> {
  return withServer(contestant, (server) =>
    withCrowds(async (many) => {
      const { dialect } = contestant
      await pause(2_000)
      const before = server.memory()
      await many.ask('join', { url: server.url, dialect, messages: 0, count: connections })
      const after = await settledMemory(server, settle)
      const cpuBefore = server.cpuSeconds()
      await pause(5_000)
      return {
        before,
        perConnection: (after - before) / connections,
        cpuShare: (server.cpuSeconds() - cpuBefore) / 5,
      }
    }),
  )
}

export type Quiet = { ack: Summary; delivery: Summary }

/** Messages a second in the quiet room. */
const QUIET_RATE = 3

/** Measures a small room with few messages. */
export function quiet(contestant: Contestant, seconds: number): Promise<Quiet> {
  return withServer(contestant, ({ url }) =>
    withCrowds(async (many, few) => {
      const { dialect } = contestant
      await many.ask('join', { url, dialect, messages: 1_000, count: 20 })
      await few.ask('join', { url, dialect, messages: 1_000, count: 1, nicks: true })
      await pause(1_500)
      const { sent } = await few.ask('write', { rate: QUIET_RATE, seconds })
      const { latency: delivery } = await many.ask('count', { sent, patience: PATIENCE })
      const { latency: ack } = await few.ask('acks', { patience: PATIENCE })
      return { ack, delivery }
    }),
  )
}

/** Measures syncing 4 KiB to this disk at the quiet room's rate, in milliseconds; pauses make it slower. */
export async function diskSync(times: number): Promise<Summary> {
  const folder = temporaryFolder()
  const file = openSync(join(folder.path, 'sync'), 'w')
  const took = createLatencies()
  for (let n = 0; n < times; n++) {
    await pause(1_000 / QUIET_RATE)
    writeSync(file, Buffer.alloc(4_096, n))
    const began = performance.now()
    fdatasyncSync(file)
    took.record(performance.now() - began)
  }
  closeSync(file)
  folder.remove()
  return took.summary()
}

export type Restart = {
  backIn: number
  startedIn: number
  lost: number
  doubled: number
  live: number
  sent: number
  acknowledged: number
}

/** Kills the server while readers receive messages, and restarts it at once. */
export function restart(contestant: Contestant, readers: number): Promise<Restart> {
  return withServer(contestant, async (first, folder, port) => {
    const manner = { url: first.url, dialect: contestant.dialect, messages: 5_000, keepsUp: true }
    return withCrowds(async (many, few) => {
      await many.ask('join', { ...manner, count: readers - WRITERS })
      await few.ask('join', { ...manner, count: WRITERS, nicks: true })
      await few.ask('write', { rate: 20, seconds: 2 })
      const writing = few.ask('write', { rate: 20, seconds: 6 })
      await pause(3_000)
      await first.stop('SIGKILL')
      const killedAt = clock()
      const second = await startServer(contestant, folder, port)
      try {
        const { sent } = await writing
        const [seen, own] = await Promise.all([
          many.ask('count', { sent, patience: 60 }),
          few.ask('count', { sent, patience: 60 }),
        ])
        const { acknowledged } = await few.ask('acks', { patience: 5 })
        const complete = Math.max(seen.completeAt, own.completeAt)
        return {
          backIn: complete - killedAt,
          startedIn: second.startedIn,
          lost: seen.lost + own.lost,
          doubled: seen.doubled + own.doubled,
          live: seen.live + own.live,
          sent,
          acknowledged,
        }
      } finally {
        await second.stop()
      }
    })
  })
}
