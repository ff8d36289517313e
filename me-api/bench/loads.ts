import { spawn } from 'node:child_process'
import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clock } from './clock.ts'
import { startCrowd } from './crowds.ts'
import { type Summary, createLatencies } from './latencies.ts'
import {
  type Contestant,
  type RunningServer,
  freePort,
  ours,
  settledMemory,
  startServer,
  temporaryFolder,
} from './servers.ts'

/** Connections that write, among the readers of a load. */
const WRITERS = 20
/** Seconds that a server may take for what is left when the last message is sent. */
const PATIENCE = 10

/** Before anything is measured, so that code is compiled and memory grown; nothing of it is counted. */
const WARM_UP = { rate: 50, seconds: 3 }

/** Runs something with a fresh server, and takes everything away afterwards. */
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

/** Two crowds, so that what the many read does not delay the clocks of the few who write. */
async function withCrowds<Result>(
  act: (
    readers: Awaited<ReturnType<typeof startCrowd>>,
    writers: Awaited<ReturnType<typeof startCrowd>>,
  ) => Promise<Result>,
): Promise<Result> {
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

/** So many readers, so many messages a second. */
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

/** What a connection costs that only waits: growth of resident memory, in bytes. */
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

/** A small room in which somebody says something now and then. */
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

/** What syncing 4 KiB to this disk takes in the rhythm of the quiet room, in milliseconds: pauses make it dearer. */
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

/** Kills the server without warning while a room of readers is talked to, and starts it again at once. */
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

export const historyFile = join(import.meta.dirname, '../../../shared/data/ubuntu-irc.jsonl.gz')

export type History = {
  messages: number
  importedIn: number
  startEmpty: number
  startFull: number
  latest: Summary
  middle: Summary
  search: Summary | null
}

/** Requests one after the other to each page that is timed. */
const REQUESTS = 500
/** Searches of different kinds: a word that is everywhere, one that is rare, several, a phrase, a beginning. */
const SEARCHES = ['ubuntu', 'nvidia driver', '"no sound"', 'xorg.conf', 'thank you so much', 'wirel', 'the']

/** A room with years of talk in it; null where the data is not there. */
export async function history(): Promise<History | null> {
  if (!existsSync(historyFile)) return null
  const [empty, full] = [temporaryFolder(), temporaryFolder()]
  try {
    const began = performance.now()
    await importHistory(full.path)
    const importedIn = performance.now() - began
    const starts = { empty: [] as number[], full: [] as number[] }
    for (let round = 0; round < 5; round++) {
      starts.empty.push(await startTime(empty.path))
      starts.full.push(await startTime(full.path))
    }
    const server = await startServer(ours, full.path, await freePort())
    try {
      const room = `${server.url}/api/chat/rooms/lobby/messages`
      const newest = (await ask(`${room}?limit=1`)).body.data.messages[0]?.seq ?? 0
      const someSearch = await ask(`${server.url}/api/chat/search?q=ubuntu&room=lobby`)
      return {
        messages: newest,
        importedIn,
        startEmpty: median(starts.empty),
        startFull: median(starts.full),
        latest: await time(() => `${room}?limit=50`),
        middle: await time((n) => `${room}?limit=50&before=${Math.round(newest / 2) + n * 50}`),
        search:
          someSearch.status === 200
            ? await time((n) => {
                const words = encodeURIComponent(SEARCHES[n % SEARCHES.length]!)
                return `${server.url}/api/chat/search?q=${words}&room=lobby`
              })
            : null,
      }
    } finally {
      await server.stop()
    }
  } finally {
    empty.remove()
    full.remove()
  }
}

function importHistory(folder: string): Promise<void> {
  const program = join(import.meta.dirname, '../src/cli/chat.ts')
  const child = spawn(process.execPath, [program, 'import', historyFile, '--room', 'lobby'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: `file:${join(folder, 'me.db')}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve, reject) =>
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the import ended with ${code}`)),
    ),
  )
}

async function startTime(folder: string): Promise<number> {
  const server = await startServer(ours, folder, await freePort())
  await server.stop('SIGTERM')
  return server.startedIn
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

type Page = { data: { messages: { seq: number }[] } }

function ask(url: string): Promise<{ status: number; body: Page }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Page }))
    }).once('error', reject)
  })
}

/** The whole round trip over one kept connection: what the server takes is less. */
async function time(url: (n: number) => string): Promise<Summary> {
  const took = createLatencies()
  for (let n = 0; n < 50; n++) await ask(url(n))
  for (let n = 0; n < REQUESTS; n++) {
    const began = performance.now()
    await ask(url(n))
    took.record(performance.now() - began)
  }
  return took.summary()
}

const median = (numbers: number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? NaN
