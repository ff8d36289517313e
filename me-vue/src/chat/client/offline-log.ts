import type { Message } from 'me-api/contract'
import { watch, type Ref, type ShallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import type { Connection } from './connection.ts'
import type { MessageLog } from './message-log.ts'

type Store = Pick<Storage, 'getItem' | 'setItem'>
type Kept = { cursor: number; messages: readonly Message[] }
/** By room; the one kept last is last. */
type OutboxStorage = Record<string, Kept>

const KEY = 'me.chat.kept'
/** What is kept: so many messages of so many rooms, and no more than so many characters of each. */
const MESSAGES = 100
const ROOMS = 4
const CHARACTERS = 100_000
/** Milliseconds between two savings of what has only grown. */
const EVERY = 10_000

type Parts = {
  chat: {
    room: Ref<string>
    log: Ref<MessageLog>
    rooms: Ref<readonly { name: string }[]>
    missing: Ref<boolean>
    connection: Ref<Connection>
  }
  /** What there is to read while the room itself cannot be reached. */
  kept: ShallowRef<MessageLog | undefined>
  storage: Store
  clock: Pick<Clock, 'after'>
  onLeaving: (call: () => void) => void
}

/** Keeps the end of each room for reading without a network; words that were deleted go from there at once. */
export function keepOfflineLog({ chat, kept, storage, clock, onLeaving }: Parts): void {
  /** Messages whose words are on the shelf. */
  let worded = new Set<string>()
  let due = false

  watch(
    [chat.room, chat.log],
    ([room, log], [roomBefore, before]) => {
      if (due && before && room !== roomBefore) save(roomBefore!, before)
      if (log.cursor === null) return
      const known = room === roomBefore ? (before?.cursor ?? null) : null
      // The first answer, or one that starts over: whatever is kept may be of another time.
      if (known === null || log.cursor < known) save(room, log, true)
      else if (isUnsaid(log)) save(room, log)
      else saveSoon()
    },
    { immediate: true },
  )
  watch([chat.rooms, chat.missing], () => {
    const shelf = read(storage)
    const names = new Set(chat.rooms.value.map(({ name }) => name))
    const gone = Object.keys(shelf).filter((name) => names.size > 0 && !names.has(name))
    if (gone.length > 0) write(without(shelf, gone))
  })
  watch(
    [chat.room, chat.log, chat.connection],
    ([room, log, { is }], [roomBefore]) => {
      if (log.cursor !== null || room !== roomBefore) kept.value = undefined
      if (log.cursor === null && (is === 'offline' || is === 'reconnecting')) {
        kept.value ??= logOf(read(storage)[room])
      }
    },
    { immediate: true },
  )
  onLeaving(saveDue)

  function saveSoon(): void {
    if (due) return
    due = true
    clock.after(EVERY, saveDue)
  }

  function saveDue(): void {
    if (due) save(chat.room.value, chat.log.value)
  }

  function save(room: string, { cursor, messages }: MessageLog, whole = false): void {
    due = false
    const shelf = read(storage)
    // Another tab that knows more has saved already.
    if (cursor === null || (!whole && (shelf[room]?.cursor ?? 0) > cursor)) return
    const last = fitting(messages)
    worded = new Set(last.filter(({ deletedAt }) => !deletedAt).map(({ id }) => id))
    write({ ...without(shelf, [room]), [room]: { cursor, messages: last } })
  }

  /** Something on the shelf has been deleted; what is further up than here is not on it after the next saving. */
  function isUnsaid({ messages }: MessageLog): boolean {
    return messages.slice(-2 * MESSAGES).some(({ id, deletedAt }) => deletedAt && worded.has(id))
  }

  function write(shelf: OutboxStorage): void {
    const rooms = Object.entries(shelf).slice(-ROOMS)
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(rooms)))
  }
}

function read(storage: Store): OutboxStorage {
  try {
    return (JSON.parse(storage.getItem(KEY) ?? '{}') as OutboxStorage | null) ?? {}
  } catch {
    return {}
  }
}

const without = (shelf: OutboxStorage, rooms: string[]): OutboxStorage =>
  Object.fromEntries(Object.entries(shelf).filter(([name]) => !rooms.includes(name)))

/** The newest messages that there is room for. */
function fitting(messages: readonly Message[]): readonly Message[] {
  const last = messages.slice(-MESSAGES)
  let characters = 0
  const cut = last.findLastIndex(({ text }) => (characters += text.length) > CHARACTERS)
  return last.slice(cut + 1)
}

function logOf(kept: Kept | undefined): MessageLog | undefined {
  const first = kept?.messages[0]
  return kept && first && { ...kept, older: first.seq > 1, ahead: new Map() }
}
