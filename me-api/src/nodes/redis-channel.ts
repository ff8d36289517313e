import { ErrorReply, createClient } from '@redis/client'
import { type Clock, doneWithin } from '../clock.ts'

/** Milliseconds between two beats. */
const BEAT_EVERY = 1_000
/** Milliseconds without this program's own beat after which the connection counts as lost. */
const SILENCE_MAX = 3_000
/** Milliseconds until the next attempt to connect, and those until its line stands and until it carries texts. */
const RETRY_AFTER = 500
const CONNECT_MAX = 2_000
const ATTEMPT_MAX = 10_000
/** Milliseconds in which what was published last goes out before the connection is closed. */
const CLOSE_MAX = 500
const BEAT = 'beat'

type Parts = {
  /** `redis://` or `rediss://` */
  url: string
  channel: string
  clock: Clock
  /** Receives what was sent over the channel, this program's own texts included. */
  onText: (text: string) => void
  /** The connection carries texts from now on; what was sent before may be lost. */
  onUp: () => void
  /** The connection is lost: once for each loss, and once if the first attempt fails. */
  onDown: (reason: unknown) => void
}

/**
 * One channel of Redis' publish and subscribe, for texts that may get lost. Each beat goes through Redis and back, so
 * that a connection counts as up only while it really carries texts: a cut line, a server that hangs and a password
 * that is refused are all the same.
 */
export function openRedisChannel({ url, channel, clock, onText, onUp, onDown }: Parts) {
  const connect = () =>
    createClient({
      url,
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
      socket: { connectTimeout: CONNECT_MAX, reconnectStrategy: false },
    })
  let client: ReturnType<typeof connect> | null = null
  let [isUp, isDownTold, isClosed] = [false, false, false]
  let [heardAt, beatAt] = [0, 0]
  const first = Promise.withResolvers<unknown>()
  let latest: Promise<unknown> = Promise.resolve()

  async function attempt(): Promise<void> {
    if (isClosed) return
    const mine = connect()
    client = mine
    mine.on('error', (error) => drop(mine, error))
    clock.after(
      ATTEMPT_MAX,
      () => mine === client && !isUp && drop(mine, new Error('Redis does not answer.')),
    )
    try {
      await mine.connect()
      await mine.subscribe(channel, (text) => receive(mine, text))
      heardAt = beatAt = clock.monotonic()
      beat(mine)
    } catch (error) {
      drop(mine, error)
    }
  }

  function receive(from: typeof client, text: string): void {
    if (from !== client) return
    if (text !== `${BEAT} ${own}`) {
      if (!text.startsWith(BEAT)) onText(text)
      return
    }
    heardAt = clock.monotonic()
    if (isUp) return
    isUp = true
    isDownTold = false
    first.resolve(null)
    onUp()
  }

  function beat(mine: NonNullable<typeof client>): void {
    if (mine !== client) return
    const now = clock.monotonic()
    // After this program itself has stood still, what arrived meanwhile is read before anything is concluded from it.
    if (now - beatAt > 2 * BEAT_EVERY) heardAt = now
    beatAt = now
    if (now - heardAt > SILENCE_MAX) return drop(mine, new Error('Redis does not answer.'))
    mine.publish(channel, `${BEAT} ${own}`).catch((error: unknown) => drop(mine, error))
    clock.after(BEAT_EVERY, () => beat(mine))
  }

  function drop(mine: typeof client, reason: unknown): void {
    if (mine === null || mine !== client) return
    client = null
    isUp = false
    if (mine.isOpen) mine.destroy()
    if (isClosed) return
    first.resolve(reason)
    if (!isDownTold) {
      isDownTold = true
      onDown(reason)
    }
    clock.after(RETRY_AFTER, () => void attempt())
  }

  const own = crypto.randomUUID()
  void attempt()

  return {
    isUp: (): boolean => isUp,

    /** Resolves with why the first attempt has failed; with null once the channel is up. */
    first: first.promise,

    /** Sends a text, unless the connection is lost. */
    publish(text: string): void {
      const mine = client
      if (isUp && mine) latest = mine.publish(channel, text).catch((error: unknown) => drop(mine, error))
    },

    /** Closes the connection once what was published is with Redis. */
    async close(): Promise<void> {
      isClosed = true
      await doneWithin(CLOSE_MAX, latest)
      drop(client, null)
    },
  }
}

export type RedisChannel = ReturnType<typeof openRedisChannel>

/** Whether Redis answers but wants other settings: another user, password, database, or right to the channel. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof ErrorReply && /^(WRONGPASS|NOAUTH|NOPERM|ERR .*(\bAUTH\b|\bDB\b))/.test(error.message)
