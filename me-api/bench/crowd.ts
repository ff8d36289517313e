/** A process of many clients that runs the benchmark's tasks, for one server and one load. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { clock } from './clock.ts'
import { type Client, createClient, createSharedFrames } from './client.ts'
import type { Delivery, DialectName } from './dialects.ts'
import { type Summary, createLatencies } from './latencies.ts'

export type Tasks = {
  /**
   * Opens `count` clients, a hundred at a time, and answers when all are live. `messages` is the most messages to
   * expect.
   */
  join(task: { url: string; dialect: DialectName; count: number; messages: number } & Manner): void
  /**
   * Sends messages, numbered from 1, at `rate` per second on average, at random intervals. Answers when the last is
   * sent.
   */
  write(task: { rate: number; seconds: number }): { sent: number }
  /** Discards the measurements so far, and counts from here. */
  begin(task: { sent: number }): void
  /**
   * Returns which messages up to `sent` the clients have received; waits until all have, at most `patience` seconds.
   */
  count(task: { sent: number; patience: number }): Seen
  /** Waits until all clients are live again and all of their messages are acknowledged. */
  acks(task: { patience: number }): { acknowledged: number; latency: Summary }
}
type Manner = { nicks?: boolean; keepsUp?: boolean }
type Seen = {
  deliveries: number
  lost: number
  doubled: number
  latency: Summary
  /**
   * When the last client was live again without a missing message, on the machine's monotonic clock in milliseconds.
   */
  completeAt: number
  live: number
}

/** Connections opened at once: many, but too few to overflow the listen queue. */
const AT_ONCE = 100
/** Filler for messages, which in chats are short and vary in length. */
const FILLER =
  'so I tried that on the other machine and it does work there, but only after a restart of the service '

const clients: Client[] = []
const shared = createSharedFrames()
let deliveryLatency = createLatencies()
let ackLatency = createLatencies()
const pending = new Map<number, { id: string; text: string; sentAt: number; client: Client }>()
let [deliveries, doubled, acknowledged, written, begunAt] = [0, 0, 0, 0, 0]

type Parsed = { numbers: Int32Array; sentAt: Float64Array }
const parsed = new WeakMap<Delivery, Parsed>()

function parse(delivery: Delivery): Parsed {
  const known = parsed.get(delivery)
  if (known) return known
  const words = delivery.texts.map((text) => text.split(' ', 2))
  const fresh = {
    numbers: Int32Array.from(words, ([number]) => Number(number)),
    sentAt: Float64Array.from(words, ([, sentAt]) => Number(sentAt)),
  }
  parsed.set(delivery, fresh)
  return fresh
}

const tasks: {
  [Name in keyof Tasks]: (task: Parameters<Tasks[Name]>[0]) => Promise<ReturnType<Tasks[Name]>>
} = {
  async join({ url, dialect, count, messages, nicks = false, keepsUp = false }) {
    let waiting = 0
    for (let n = 0; n < count; n++) {
      while (waiting >= AT_ONCE) await pause(1)
      waiting++
      let isFirst = true
      const seen = new Uint8Array(messages + 1)
      const client: Client = createClient({
        url,
        dialect,
        keepsUp,
        shared,
        nick: nicks ? `bench ${randomUUID().slice(0, 8)}` : null,
        onLive() {
          if (isFirst) waiting--
          else resend(client)
          isFirst = false
        },
        onAck,
        onDelivery(delivery, cursor) {
          const { numbers, sentAt } = parse(delivery)
          const now = clock()
          for (let index = 0; index < numbers.length; index++) {
            if (dialect === 'house' && delivery.positions[index]! <= cursor) continue
            const number = numbers[index]!
            if (seen[number]) doubled++
            seen[number] = 1
            deliveries++
            deliveryLatency.record(now - sentAt[index]!)
          }
        },
      })
      clients.push(client)
    }
    while (waiting > 0) await pause(1)
  },

  async write({ rate, seconds }) {
    const began = clock()
    let due = began
    let turn = 0
    while (due < began + seconds * 1_000) {
      while (due <= clock()) {
        const client = clients[turn++ % clients.length]!
        const sentAt = clock()
        const text = `${++written} ${sentAt.toFixed(3)} ${FILLER.slice(0, 10 + ((written * 37) % 90))}`
        const message = { id: randomUUID(), text, sentAt, client }
        pending.set(written, message)
        client.send(text, message.id, written)
        due += (-Math.log(1 - Math.random()) / rate) * 1_000
      }
      await pause(1)
    }
    return { sent: written }
  },

  async begin({ sent }) {
    ;[deliveries, doubled, acknowledged, begunAt] = [0, 0, 0, sent]
    deliveryLatency = createLatencies()
    ackLatency = createLatencies()
  },

  async count({ sent, patience }) {
    const expected = (sent - begunAt) * clients.length
    const until = clock() + patience * 1_000
    const isComplete = () => deliveries - doubled >= expected && clients.every((client) => client.isLive())
    while (!isComplete() && clock() < until) await pause(5)
    return {
      deliveries,
      doubled,
      lost: expected - (deliveries - doubled),
      latency: deliveryLatency.summary(),
      completeAt: clock(),
      live: clients.filter((client) => client.isLive()).length,
    }
  },

  async acks({ patience }) {
    const until = clock() + patience * 1_000
    while (pending.size > 0 && clock() < until) await pause(5)
    return { acknowledged, latency: ackLatency.summary() }
  },
}

function onAck(number: number): void {
  const message = pending.get(number)
  if (!message) return
  pending.delete(number)
  acknowledged++
  ackLatency.record(clock() - message.sentAt)
}

/** Sends unacknowledged messages again under the same id, like the site's outbox. */
function resend(client: Client): void {
  for (const [number, message] of pending) {
    if (message.client === client) client.send(message.text, message.id, number)
  }
}

process.on('message', async ({ name, task }: { name: keyof Tasks; task: never }) => {
  try {
    process.send?.({ result: await tasks[name](task) })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
})
process.on('disconnect', () => process.exit())
process.send?.({ result: 'ready' })
