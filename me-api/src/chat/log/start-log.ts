import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { Change } from '../../contract/index.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { Database } from '../../db/tables.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import { createLocalBus } from './bus.ts'
import type { NoteWritten } from './commit.ts'
import { createRoomListeners } from './follow.ts'
import { createGaplessBus } from './gapless-bus.ts'
import { type MessageStore, createMessageStore } from './message.store.ts'
import { createRoomLog } from './room-log.ts'
import { shareBus } from './shared-bus.ts'
import { shareReads } from './shared-reads.ts'
import { createWriteToMany } from './write-to-many.ts'

type Parts = {
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  mayRead: ReadRule
  interchange: Interchange
  note: NoteWritten
  /** Wraps a store to measure its commits. */
  measured: (store: Committing) => Committing
}
type Committing = Pick<MessageStore, 'commit'>

/** Assembles the rooms' log: the message store, the bus of committed Changes and the group commit. */
export function startLog({ db, clock, log, logFault, mayRead, interchange, note, measured }: Parts) {
  const onBusFault = (error: unknown) => logFault(log, error, 'a change could not be passed on')
  const committed = shareBus(createLocalBus(onBusFault), interchange)
  const messages = createMessageStore(db, mayRead, interchange.isShared, note)
  const bus = createGaplessBus({
    bus: committed,
    read: messages.changes,
    onFault: onBusFault,
  })
  const roomLog = createRoomLog({
    store: measured(messages),
    bus,
    log,
    now: clock.now,
    onFault: (error) => logFault(log, error, 'messages could not be stored'),
  })
  // This subscribes before all listeners, which may read as soon as they receive a Change.
  const shared = shareReads({ bus, read: messages.changes })
  async function changes(room: string, after: number | null, limit: number): Promise<Change> {
    const change = await shared(room, after, limit)
    const { to, reset = false } = change
    log.debug({ room, from: after, to, count: change.messages.length, reset }, 'catch-up')
    return change
  }
  const writeToMany = createWriteToMany({ store: messages, roomLog })
  return { messages, changes, bus, listen: createRoomListeners(bus, onBusFault), roomLog, writeToMany }
}

export type StartedLog = ReturnType<typeof startLog>
