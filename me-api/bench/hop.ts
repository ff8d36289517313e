import { createClient } from '@redis/client'
import { systemClock } from '../src/clock.ts'
import { openRedisChannel } from '../src/nodes/redis-channel.ts'
import { createSealedTexts } from '../src/nodes/sealed-text.ts'
import { startRedis } from '../test/support/throwaway-servers.ts'

const TEXTS = 5_000
const NODES = 10
/** Texts between two pauses in which everybody hears them. */
const AT_ONCE = 100

/** What a Change costs on its way to another node, all in microseconds of a processor. */
export type Hop = {
  /** A node that hears one of one message: taking it from Redis, its seal, its JSON. */
  perChange: number
  /** Of that, opening the seal. */
  perSeal: number
  /** Redis, for each node that it passes one to. */
  redisPerNode: number
}

/** Measures a Change's way through Redis by what ten nodes that listen cost more than one. */
export async function hop(): Promise<Hop> {
  const redis = await startRedis()
  process.once('exit', redis.kill)
  const client = connectTo(redis.url)
  try {
    await client.connect()
    const [one, ten] = [await passing(redis.url, client, 1), await passing(redis.url, client, NODES)]
    const more = TEXTS * (NODES - 1)
    return {
      perChange: (ten.node - one.node) / more,
      perSeal: opening(),
      redisPerNode: (ten.redis - one.redis) / more,
    }
  } finally {
    client.destroy()
    redis.kill()
  }
}

const connectTo = (url: string) => createClient({ url })
type Client = ReturnType<typeof connectTo>

const texts = createSealedTexts(['a secret for the benchmark'], crypto.randomUUID())
const change = JSON.stringify({ room: 'lobby', from: 1, to: 2, messages: [{ text: 'a'.repeat(400) }] })

/** Passes texts through Redis to so many listeners; all of this process' and Redis' time, in microseconds. */
async function passing(url: string, client: Client, listeners: number) {
  let heard = 0
  let published = 0
  const channels = Array.from({ length: listeners }, () =>
    openRedisChannel({
      url,
      channel: 'bench',
      clock: systemClock,
      onText(text) {
        if (JSON.parse(texts.open(text) ?? 'null')) heard++
      },
      onUp: () => undefined,
      onDown: (reason) => console.error(reason),
    }),
  )
  await Promise.all(channels.map(({ first }) => first))
  const before = { node: process.cpuUsage(), redis: await redisMicros(client) }
  while (published < TEXTS) {
    for (let index = 0; index < AT_ONCE; index++) void client.publish('bench', texts.seal(change))
    published += AT_ONCE
    while (heard < published * listeners) await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(before.node)
  const spent = { node: user + system, redis: (await redisMicros(client)) - before.redis }
  await Promise.all(channels.map((channel) => channel.close()))
  return spent
}

async function redisMicros(client: Client): Promise<number> {
  const said = await client.sendCommand<string>(['INFO', 'cpu'])
  const of = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(said)?.[1])
  return (of('used_cpu_sys') + of('used_cpu_user')) * 1e6
}

/** Microseconds of opening one text; sealing it is the same work. */
function opening(): number {
  const sealed = texts.seal(change)
  for (let index = 0; index < TEXTS; index++) texts.open(sealed)
  const before = process.cpuUsage()
  for (let index = 0; index < TEXTS; index++) texts.open(sealed)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / TEXTS
}
