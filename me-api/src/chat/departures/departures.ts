import type { Clock } from '../../clock.ts'
import type { Author } from '../../contract/index.ts'
import type { WriteToMany } from '../log/write-to-many.ts'
import type { Eraser } from '../moderation/erase-author.ts'
import type { MessageReports } from '../moderation/message-reports.ts'
import { createSerialQueue } from '../serial-queue.ts'
import type { Signals } from '../signals.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { DeparturesStore } from './departures.store.ts'

/** Milliseconds until what failed is tried again. */
const RETRY = 60_000

type Parts = {
  store: DeparturesStore
  writeToMany: WriteToMany
  erase: Eraser
  reported: Pick<MessageReports, 'settleOf'>
  signals: Pick<Signals, 'identityEnded'>
  clock: Pick<Clock, 'after'>
  interchange: Pick<Interchange, 'isShared'>
  oneAtATime: OneAtATime
  onFault: (error: unknown) => void
}

/**
 * What remains to be done when an account was deleted: its connections close, and its messages lose their author's name,
 * or are erased first. The database notes it until it is done.
 */
export function createDepartures(parts: Parts) {
  const { store, writeToMany, erase, reported, signals, clock, interchange, oneAtATime, onFault } = parts
  const inTurn = createSerialQueue()

  /** Resolves when it is done, or has failed for now and will be tried again. */
  async function finish(authorId: string): Promise<void> {
    signals.identityEnded.emit(authorId)
    try {
      await inTurn(() => oneAtATime(`departure of ${authorId}`, () => releaseWords(authorId)))
    } catch (error) {
      onFault(error)
      clock.after(RETRY, () => finish(authorId))
    }
  }

  async function releaseWords(authorId: string): Promise<void> {
    const departure = await store.find(authorId)
    if (!departure) return
    const author: Author = { id: authorId, nick: '', role: 'member' }
    if (departure.words === 'erase') {
      await erase(author, authorId)
      if (departure.by_owner) await reported.settleOf(authorId)
    }
    // Deleted messages, from now or earlier, still have their author's name.
    await writeToMany(
      (from, to) => store.namedOf(authorId, from, to),
      (id) => ({ kind: 'release', id, author }),
    )
    await store.done(authorId)
  }

  /** Finishes, in the background, what an earlier run has left, and where there are other nodes, what one of those has. */
  async function start(): Promise<void> {
    for (const authorId of await store.all()) void finish(authorId)
    if (interchange.isShared) clock.after(RETRY, () => start().catch(onFault))
  }

  return { finish, start }
}
