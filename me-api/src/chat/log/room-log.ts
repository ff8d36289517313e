import type { Logger } from 'pino'
import type { Message } from '../../contract/index.ts'
import type { Bus } from './bus.ts'
import { Refusal } from '../../errors.ts'
import type { MessageStore } from './message.store.ts'
import type { Write } from './apply-write.ts'

/** Longest wait before a commit, in milliseconds: too short to notice. */
const WINDOW_MAX = 40
/** The wait as a multiple of the last round's duration: commits and fan-outs take at most a ninth of the time. */
const WINDOW_PER_COST = 8
/** Longest way of a message, in milliseconds: the round under way, the wait and its own round. It shortens the wait. */
const WAY_MAX = 60
/**
 * Milliseconds without writes after which a single write starts no wait, so that a quiet conversation has no added
 * latency.
 */
export const SILENCE = 100
/** Writes per commit: bounds how long one burst occupies the database and the event loop. */
const BATCH_MAX = 1_000

type Pending = { write: Write; resolve(message: Message): void; reject(error: unknown): void }

type Parts = {
  store: Pick<MessageStore, 'commit'>
  bus: Bus
  log: Pick<Logger, 'debug'>
  now(): number
  onFault(error: unknown): void
}

/**
 * The group commit. Writes that arrive during a commit, or in a short wait after it, share one transaction and one
 * Change per room; each is acknowledged on its own. The first write after a quiet moment is committed at once. Under
 * load the wait grows with the duration of the last round, so that many messages share one disk sync, one encoding
 * and one frame per reader.
 */
export function createRoomLog({ store, bus, log, now, onFault }: Parts) {
  let pending: Pending[] = []
  let latest: Promise<unknown> = Promise.resolve()
  let isCommitting = false
  let window: NodeJS.Timeout | null = null
  let quietAt = 0
  let endedAt = -Infinity

  /** Resolves when the message is on disk. @throws {Refusal} UNAVAILABLE if the database cannot store it now */
  function write(write: Write): Promise<Message> {
    const written = new Promise<Message>((resolve, reject) => {
      pending.push({ write, resolve, reject })
      schedule()
    })
    latest = written.catch(() => {})
    return written
  }

  function schedule(): void {
    if (isCommitting || window) return
    const wait = quietAt - performance.now()
    if (wait <= 0) void commit()
    else window = setTimeout(commit, wait)
  }

  async function commit(): Promise<void> {
    window = null
    isCommitting = true
    const batch = pending.slice(0, BATCH_MAX)
    pending = pending.slice(BATCH_MAX)
    const began = performance.now()
    try {
      const { outcomes, changes } = await store.commit(
        batch.map(({ write }) => write),
        now(),
      )
      log.debug({ count: batch.length, milliseconds: Math.round(performance.now() - began) }, 'commit')
      changes.forEach(bus.publish)
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index]
        if (outcome instanceof Refusal || !outcome) reject(outcome)
        else resolve(outcome)
      })
    } catch (error) {
      onFault(error)
      const refusal = new Refusal(
        'UNAVAILABLE',
        'The message could not be stored. Send it again with the same id.',
        {
          retryAfter: 2,
        },
      )
      batch.forEach(({ reject }) => reject(refusal))
    }
    const isSingle = batch.length === 1 && began - endedAt > SILENCE
    endedAt = performance.now()
    quietAt = endedAt + (isSingle ? 0 : windowAfter(endedAt - began))
    isCommitting = false
    if (pending.length > 0) schedule()
    else onIdle.splice(0).forEach((settle) => settle())
  }

  const onIdle: (() => void)[] = []

  return {
    write,

    /** Resolves when every write made so far is stored or refused; writes settle in order. */
    caughtUp: (): Promise<unknown> => latest,

    /** Resolves when no write is pending. */
    flush(): Promise<void> {
      if (pending.length === 0 && !isCommitting) return Promise.resolve()
      return new Promise((resolve) => onIdle.push(resolve))
    },
  }
}

/** Milliseconds to wait for more writes after a round of `cost` milliseconds. */
export const windowAfter = (cost: number): number =>
  Math.max(0, Math.min(WINDOW_MAX, WINDOW_PER_COST * cost, WAY_MAX - 2 * cost))

export type RoomLog = ReturnType<typeof createRoomLog>
