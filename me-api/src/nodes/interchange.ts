import type { Logger } from 'pino'
import { z } from 'zod'
import { type Clock, doneWithin } from '../clock.ts'
import { Stop } from '../errors.ts'
import { createSignal } from '../signal.ts'
import { type NodeMessages, nodeMessages } from './node-messages.ts'
import { type RedisChannel, isRefusal, openRedisChannel } from './redis-channel.ts'
import { createSealedTexts } from './sealed-text.ts'

/** Milliseconds between two signs of life, and those without any after which a node counts as gone. */
const ALIVE_EVERY = 5_000
const GONE_AFTER = 15_000
/** Shortest time between two greetings, in milliseconds: one of them reaches all nodes. */
const GREET_EVERY = 1_000
/** Milliseconds that a slow Redis may hold up the start. */
const JOIN_MAX = 2_000
/** The longest text that is sealed for the channel, in UTF-16 code units. */
const TEXT_MAX = 512 * 1024

const OTHER_SECRET =
  'A node of this chat has another SESSION_SECRET: this one does not hear it. Give both the same, or add the other one after a comma.'
const STRANGER = 'Somebody who is no node writes on the channel of the nodes; nothing of it is read.'

type Kind = keyof NodeMessages

/**
 * What the nodes of one chat tell each other. Everything here is a hint that may get lost: what has to hold is in the
 * database.
 */
export type Interchange = {
  /** Whether there can be other nodes at all. */
  isShared: boolean
  /** Whether this node hears the others now. */
  isUp: () => boolean
  /** Tells all other nodes. Returns false if the message is too long for the channel. */
  send: <K extends Kind>(kind: K, data: NodeMessages[K]) => boolean
  /** `from` is the id of the node that sent it. */
  on: <K extends Kind>(kind: K, handler: (data: NodeMessages[K], from: string) => void) => void
  /** This node may have missed anything until now, or another one anything of this node: both tell all they know. */
  onMeeting: (handler: () => void) => void
  /** A node has stopped, or has not been heard for so long that it counts as gone. */
  onGone: (handler: (node: string, hasStopped: boolean) => void) => void
  /**
   * Begins to hear the others: called once all handlers are there. Without Redis it goes on trying.
   * @throws {Stop} if Redis refuses the user, the password or the right to the channel
   */
  join: () => Promise<void>
  /** Tells the others that this node stops. */
  close: () => Promise<void>
}

/** The interchange of the only node: nobody is told anything. */
export const noInterchange: Interchange = {
  isShared: false,
  isUp: () => true,
  send: () => true,
  on: () => {},
  onMeeting: () => {},
  onGone: () => {},
  join: async () => {},
  close: async () => {},
}

type Parts = {
  redisUrl: string
  installation: string
  /** Those of all nodes: whoever has only Redis reads nothing, and is not believed. */
  secrets: string[]
  clock: Clock
  log: Logger
}

const Envelope = z.object({ from: z.string().max(100), kind: z.string(), data: z.unknown() })

/** Connects this node with the others over Redis. One Redis may serve several installations. */
export function createInterchange({ redisUrl, installation, secrets, clock, log }: Parts): Interchange {
  const own = crypto.randomUUID()
  const sealed = createSealedTexts(secrets, own)
  const onFault = (error: unknown) => log.error({ err: error }, 'a message of another node could not be used')
  const handlers = new Map<string, (data: never, from: string) => void>()
  const meetings = createSignal<void>(onFault)
  const departures = createSignal<{ node: string; hasStopped: boolean }>(onFault)
  /** The other nodes: when each was last heard, by the monotonic clock. */
  const heardAt = new Map<string, number>()
  const warnings = new Set<string>()
  function warnOnce(message: string, error?: unknown): void {
    if (warnings.has(message)) return
    warnings.add(message)
    log.warn({ ...(error !== undefined && { err: error }) }, message)
  }

  let channel: RedisChannel | null = null
  const open = () =>
    openRedisChannel({
      url: redisUrl,
      channel: `me:${installation}:nodes`,
      clock,
      onText: receive,
      onUp() {
        log.info('Redis answers: this node hears the others')
        greet()
        meetings.emit()
      },
      onDown: (reason) =>
        log.warn(
          { reason: reasonOf(reason) },
          'Redis does not answer: what other nodes store comes up to 3 seconds late, and each node knows only its own people',
        ),
    })

  let greetedAt = -Infinity
  let isGreetingDue = false
  /** Asks all others to tell what they know. */
  function greet(): void {
    if (isGreetingDue) return
    isGreetingDue = true
    clock.after(Math.max(0, greetedAt + GREET_EVERY - clock.monotonic()), () => {
      isGreetingDue = false
      greetedAt = clock.monotonic()
      post('hello', null)
    })
  }

  function post(kind: string, data: unknown): boolean {
    const text = JSON.stringify({ from: own, kind, data })
    if (text.length > TEXT_MAX) return false
    channel?.publish(sealed.seal(text))
    return true
  }

  function receive(text: string): void {
    // What this node sends comes back to it, and is not worth reading.
    const message = sealed.isOwn(text) ? null : read(text)
    if (!message) return
    const { from, kind, data } = message
    if (kind === 'bye') return gone(from, true)
    const isNew = !heardAt.has(from)
    heardAt.set(from, clock.monotonic())
    // Neither knows what the other one has told so far.
    if (isNew && kind !== 'hello') greet()
    if (isNew || kind === 'hello') meetings.emit()
    if (kind === 'hello' || kind === 'alive') return
    try {
      handlers.get(kind)?.(data as never, from)
    } catch (error) {
      onFault(error)
    }
  }

  /** Returns a message of this version; null for anything else, which is logged the first time. */
  function read(received: string): { from: string; kind: string; data: unknown } | null {
    const text = sealed.open(received)
    if (text === null) {
      warnOnce(sealed.isSealed(received) ? OTHER_SECRET : STRANGER)
      return null
    }
    try {
      const envelope = Envelope.parse(JSON.parse(text))
      const schema = nodeMessages[envelope.kind as Kind]
      return schema ? { ...envelope, data: schema.parse(envelope.data) } : envelope
    } catch (error) {
      warnOnce('a node has told something that this version does not understand', error)
      return null
    }
  }

  function gone(node: string, hasStopped: boolean): void {
    if (heardAt.delete(node)) departures.emit({ node, hasStopped })
  }

  let tickedAt = 0
  function tick(): void {
    const now = clock.monotonic()
    // While this node stood still it has heard nobody; what they said meanwhile is read first.
    const stoodStill = Math.max(0, now - tickedAt - ALIVE_EVERY)
    tickedAt = now
    for (const [node, at] of heardAt) {
      if (stoodStill > ALIVE_EVERY) heardAt.set(node, Math.min(now, at + stoodStill))
      else if (now - at > GONE_AFTER) gone(node, false)
    }
    post('alive', null)
    cancel = clock.after(ALIVE_EVERY, tick)
  }
  let cancel = () => {}

  async function close(): Promise<void> {
    post('bye', null)
    cancel()
    await channel?.close()
  }

  return {
    isShared: true,
    isUp: () => channel?.isUp() ?? false,
    send: post,
    on: (kind, handler) => void handlers.set(kind, handler as (data: never, from: string) => void),
    onMeeting: (handler) => void meetings.subscribe(handler),
    onGone: (handler) => void departures.subscribe(({ node, hasStopped }) => handler(node, hasStopped)),

    async join(): Promise<void> {
      channel = open()
      tickedAt = clock.monotonic()
      cancel = clock.after(ALIVE_EVERY, tick)
      let reason: unknown = null
      await doneWithin(
        JOIN_MAX,
        channel.first.then((error) => (reason = error)),
      )
      if (!isRefusal(reason)) return
      await close()
      throw new Stop(`REDIS_URL: ${nameOf(redisUrl)} refuses this program: ${reason.message}`)
    },

    close,
  }
}

/** Returns where Redis is, without the password. */
const nameOf = (url: string): string => `Redis at ${new URL(url).host}`

/** Says why there is no connection, without the address that may hold a password. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? (message || String(error))
}
