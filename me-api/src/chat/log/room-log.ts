import type { Logger } from 'pino'
import type { Message } from '../../contract/index.ts'
import type { Bus } from './bus.ts'
import { Refusal } from '../../errors.ts'
import type { MessageStore } from './message.store.ts'
import type { Write } from './apply-write.ts'

/** Milliseconds the log waits at most before a commit: what nobody feels. */
const WINDOW_MAX = 40
/** The window as a multiple of what the last round cost: commits and fan-outs take at most a ninth of the time … */
const WINDOW_PER_COST = 8
/** … unless that would keep a message longer than this, in milliseconds: a round under way, the window, its own. */
const WAY_MAX = 60
/** Milliseconds of silence after which a write that comes alone opens no window: a talk among few waits for nothing. */
const SILENCE = 100
/** Writes in one commit, so that one burst cannot hold the database, and the event loop, for long. */
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
 * The group commit. Writes that arrive while the last commit is under way, or in a short window after it, are
 * stored in one transaction, published as one Change a room, and acknowledged each. The first write after a quiet
 * moment waits for nothing; under a steady stream the window grows with what the last round cost, so that a disk
 * sync, an encoding and a frame per reader are shared by all messages of a busy moment.
 */
export function createRoomLog({ store, bus, log, now, onFault }: Parts) {
  let pending: Pending[] = []
  let latest: Promise<unknown> = Promise.resolve()
  let isCommitting = false
  let window: NodeJS.Timeout | null = null
  let quietAt = 0
  let endedAt = -Infinity

  /** Resolves once the message as written is on disk; refused with UNAVAILABLE where that cannot be had now. */
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
      const refusal = new Refusal('UNAVAILABLE', 'It could not be stored. Send it again with the same id.', {
        retryAfter: 2,
      })
      batch.forEach(({ reject }) => reject(refusal))
    }
    const isLonely = batch.length === 1 && began - endedAt > SILENCE
    endedAt = performance.now()
    quietAt = endedAt + (isLonely ? 0 : windowAfter(endedAt - began))
    isCommitting = false
    if (pending.length > 0) schedule()
    else settled.splice(0).forEach((settle) => settle())
  }

  const settled: (() => void)[] = []

  return {
    write,

    /** Resolves when all that waits now is stored or refused, as writes are in their order. */
    caughtUp: (): Promise<unknown> => latest,

    /** Resolves when nothing is waiting to be stored. */
    flush(): Promise<void> {
      if (pending.length === 0 && !isCommitting) return Promise.resolve()
      return new Promise((resolve) => settled.push(resolve))
    },
  }
}

/** How long to gather writes after a round that took so long, both in milliseconds. */
const windowAfter = (cost: number): number =>
  Math.max(0, Math.min(WINDOW_MAX, WINDOW_PER_COST * cost, WAY_MAX - 2 * cost))

export type RoomLog = ReturnType<typeof createRoomLog>
