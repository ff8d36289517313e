import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startPostgres, startRedis } from '../test/support/throwaway-servers.ts'
import { type Crowd, startCrowd } from './crowds.ts'
import { type Summary, createLatencies } from './latencies.ts'
import {
  type Contestant,
  type RunningServer,
  adapted,
  freePort,
  ours,
  startServer,
  temporaryFolder,
} from './servers.ts'

/** Writers, all on the first node, so that the readers of the second measure the way between them. */
const WRITERS = 20
const RATE = 400
const QUIET_RATE = 3
/** Seconds that a server has for the rest after the last message is sent. */
const PATIENCE = 10
const COMMITS = 300
const WARM_UP = { rate: 50, seconds: 3 }

export type OneCluster = {
  nodes: number
  readers: number
  /** From the writer to readers of the last node, which is another one where there are two. */
  quiet: Summary
  busy: Summary
  /** Microseconds of all nodes' processors. */
  perDelivery: number
  cpuShare: number
  lost: number
  doubled: number
}
export type Cluster = { readers: number; commit: Summary; of: Record<string, OneCluster> }

type Server = { contestant: Contestant; count: number }

/**
 * Measures two nodes with PostgreSQL and Redis beside one node with as many readers, and beside plain Socket.IO with its
 * Redis adapter. `readers` is the number on each of two nodes.
 */
export async function cluster(readers: number, seconds: number): Promise<Cluster> {
  const [postgres, redis] = [await startPostgres({ fsync: 'on' }), await startRedis()]
  async function end(): Promise<void> {
    redis.kill()
    await postgres.stop()
  }
  process.once('exit', end)
  try {
    const found: Cluster = { readers, commit: await commits(postgres.url), of: {} }
    const those: Record<string, Server> = {
      'this one, two nodes': { contestant: ours, count: 2 },
      'this one, one node': { contestant: ours, count: 1 },
      'Socket.IO with its Redis adapter, two nodes': { contestant: adapted, count: 2 },
      'Socket.IO with its Redis adapter, one node': { contestant: adapted, count: 1 },
    }
    for (const [name, { contestant, count }] of Object.entries(those)) {
      const settings = {
        DATABASE_URL: await newDatabase(postgres.url),
        SESSION_SECRET: 'a secret for the benchmark',
        ...((count > 1 || contestant === adapted) && { REDIS_URL: redis.url }),
      }
      const start = async () => startServer(contestant, folder.path, await freePort(), settings)
      const folder = temporaryFolder()
      const servers: RunningServer[] = []
      try {
        // One after the other: the first makes the tables.
        while (servers.length < count) servers.push(await start())
        found.of[name] = await measure(contestant, servers, readers, seconds)
        console.error(`  ${name}`)
      } finally {
        await Promise.all(servers.map((server) => server.stop()))
        folder.remove()
      }
    }
    return found
  } finally {
    process.removeListener('exit', end)
    await end()
  }
}

/** Milliseconds of a commit of one row that is synced to this disk. */
async function commits(server: string): Promise<Summary> {
  const client = new pg.Client(server)
  await client.connect()
  await client.query('create table lines (id integer primary key, text text)')
  const took = createLatencies()
  for (let id = 0; id < COMMITS; id++) {
    const began = performance.now()
    await client.query('insert into lines values ($1, $2)', [id, 'as long as a message in a chat usually is'])
    took.record(performance.now() - began)
  }
  await client.end()
  return took.summary()
}

async function newDatabase(server: string): Promise<string> {
  const client = new pg.Client(server)
  await client.connect()
  const url = new URL(server)
  url.pathname = `/me_${crypto.randomUUID().slice(0, 8)}`
  await client.query(`create database ${url.pathname.slice(1)}`)
  await client.end()
  return url.href
}

async function measure(
  { dialect }: Contestant,
  servers: RunningServer[],
  readers: number,
  seconds: number,
): Promise<OneCluster> {
  const crowds = await Promise.all([startCrowd(), startCrowd(), startCrowd()])
  const [near, far, few] = crowds
  const [first, last] = [servers[0]!, servers.at(-1)!]
  const messages = Math.ceil((RATE + 2 * QUIET_RATE) * seconds * 1.5) + 1_000
  const each = { dialect, messages }
  const cpu = () => servers.reduce((sum, server) => sum + server.cpuSeconds(), 0)
  const begin = (sent: number) => Promise.all(crowds.map((crowd) => crowd.ask('begin', { sent })))
  const count = (sent: number) => Promise.all(crowds.map((crowd) => seenBy(crowd, sent)))
  try {
    await near.ask('join', { ...each, url: first.url, count: readers - WRITERS })
    await far.ask('join', { ...each, url: last.url, count: readers })
    await few.ask('join', { ...each, url: first.url, count: WRITERS, nicks: true })
    await pause(1_500)
    const warm = await few.ask('write', WARM_UP)
    await count(warm.sent)

    await begin(warm.sent)
    const slow = await few.ask('write', { rate: QUIET_RATE, seconds: 2 * seconds })
    const [, quiet] = await count(slow.sent)

    await begin(slow.sent)
    const [cpuBefore, began] = [cpu(), performance.now()]
    const fast = await few.ask('write', { rate: RATE, seconds })
    const seen = await count(fast.sent)
    const used = cpu() - cpuBefore
    const sum = (of: (one: (typeof seen)[number]) => number) =>
      seen.reduce((total, one) => total + of(one), 0)
    return {
      nodes: servers.length,
      readers: 2 * readers,
      quiet: quiet!.latency,
      busy: seen[1]!.latency,
      perDelivery: (used * 1e6) / sum(({ deliveries }) => deliveries),
      cpuShare: used / ((performance.now() - began) / 1_000),
      lost: sum(({ lost }) => lost) + quiet!.lost,
      doubled: sum(({ doubled }) => doubled) + quiet!.doubled,
    }
  } finally {
    for (const crowd of crowds) crowd.leave()
  }
}

const seenBy = (crowd: Crowd, sent: number) => crowd.ask('count', { sent, patience: PATIENCE })
