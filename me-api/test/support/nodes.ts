import { describe, expect } from '@jest/globals'
import { createClient } from '@redis/client'
import { lockRoom } from '../../src/chat/log/commit.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { readInstallation } from '../../src/db/installation.ts'
import type { Database } from '../../src/db/tables.ts'
import { createSealedTexts } from '../../src/nodes/sealed-text.ts'
import { isPostgres } from './database.ts'
import { databaseBehindProxy } from './database-proxy.ts'
import { startProxy } from './proxy.ts'
import { closeAfterTest, startApp, temporaryFolder } from './start-app.ts'
import * as throwaway from './throwaway-servers.ts'
import { eventually } from './visitors.ts'

const redisUrl = process.env['TEST_REDIS_URL']

/** Tests of several nodes need PostgreSQL and Redis: `npm run test:cluster` has them. */
export const describeNodes = isPostgres && redisUrl ? describe : describe.skip

type Options = {
  count?: number
  /** That of other nodes, for more of the same chat. */
  folder?: string
  settings?: Record<string, string>
  redis?: string
  /** Milliseconds by which each answer of Redis is late. */
  delay?: number
  /** Each node's; by default the system's. */
  clocks?: Clock[]
}

/** Nodes of one chat, in this process: each with its own way to Redis, which can be cut or fall silent. */
export async function startNodes({
  count = 2,
  folder = temporaryFolder(),
  settings = {},
  redis = redisUrl!,
  delay,
  clocks = [],
}: Options = {}) {
  const nodes = []
  for (let made = 0; made < count; made++) {
    const way = await startProxy(() => redis, delay)
    const logLines: string[] = []
    const REDIS_URL = `redis://127.0.0.1:${new URL(way.url).port}`
    const app = await startApp({
      folder,
      logLines,
      clock: clocks[made] ?? systemClock,
      settings: { ...settings, LOG_LEVEL: 'info', REDIS_URL },
    })
    nodes.push({ ...app, way, logLines })
  }
  return nodes
}

export type Node = Awaited<ReturnType<typeof startNodes>>[number]

export const redisOf = async ({ url }: { url: string }): Promise<string> =>
  ((await (await fetch(`${url}/readyz`)).json()) as { data: { redis: string } }).data.redis

/** Resolves once all nodes hear each other. */
export async function connected(...nodes: { url: string }[]): Promise<void> {
  await eventually(async () => {
    for (const node of nodes) expect(await redisOf(node)).toBe('connected')
  }, 20_000)
}

/** Two nodes that hear each other. */
export async function startPair(options: Options = {}) {
  const [one, other] = await startNodes(options)
  await connected(one!, other!)
  return { one: one!, other: other! }
}

/** Two nodes that hear each other; what the database answers the second is late by what `slow` is told. */
export async function startPairWithSlowNode(settings: Record<string, string>) {
  const folder = temporaryFolder()
  let late = 0
  const behind = await databaseBehindProxy(folder, () => late)
  const [one] = await startNodes({ count: 1, folder, settings })
  const [other] = await startNodes({ count: 1, folder, settings: { ...settings, ...behind.settings } })
  await connected(one!, other!)
  return { one: one!, other: other!, slow: (milliseconds: number) => void (late = milliseconds) }
}

/** The address of a Redis that is not there. */
export const noRedis = 'redis://127.0.0.1:1'

/** The nicks of those who are here, as the node knows them. */
export async function peopleOn({ url }: { url: string }): Promise<string[]> {
  const { data } = (await (await fetch(`${url}/api/chat/presence`)).json()) as {
    data: { people: { nick: string }[]; total: number }
  }
  expect(data.people).toHaveLength(data.total)
  return data.people.map(({ nick }) => nick).toSorted()
}

/** A Redis of the test's own. */
export async function startRedis(...options: string[]) {
  const redis = await throwaway.startRedis(...options)
  closeAfterTest(async () => redis.kill())
  return redis
}

/** The channel as somebody sees it who has Redis, and who can read and write it if they have the nodes' secret too. */
export async function channelOf({ db }: Pick<Node, 'db'>) {
  const channel = `me:${(await readInstallation(db)).name}:nodes`
  const client = await createClient({ url: process.env['TEST_REDIS_URL']! }).connect()
  closeAfterTest(async () => client.destroy())
  const heard: string[] = []
  await client.subscribe(channel, (text) => heard.push(text))
  const { seal, open } = createSealedTexts(['a secret for tests that is long enough'], crypto.randomUUID())
  return {
    heard,
    open,
    publish: async (text: string) => (await client.publish(channel, text)) - 1,
    seal,
    /** Says something as a node that nobody has heard of. */
    say: (kind: string, data: unknown) =>
      client.publish(channel, seal(JSON.stringify({ from: crypto.randomUUID(), kind, data }))),
  }
}

/** Keeps everybody from committing in the lobby, until the returned function is called. */
export async function holdLobby(db: Database): Promise<() => Promise<void>> {
  const [held, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = db.transaction().execute(async (tx) => {
    await lockRoom(tx, 'lobby')
    held.resolve()
    await over.promise
  })
  await held.promise
  return async () => {
    over.resolve()
    await holding
  }
}
