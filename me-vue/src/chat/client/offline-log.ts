import type { Message } from 'me-api/contract'
import { isPrivate } from 'me-api/contract/conversation-name'
import { watch } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import type { Connection } from './connection.ts'
import type { MessageLog } from './message-log.ts'

type Store = Pick<Storage, 'getItem' | 'setItem'>
type Kept = { cursor: number; messages: readonly Message[] }
/** By room; the last saved room is last. */
type KeptRooms = Record<string, Kept>

const KEY = 'me.chat.kept'
/** The most messages of a room that are stored, the most rooms, and the most characters of a room. */
const MESSAGES = 100
const ROOMS = 4
const CHARACTERS = 100_000
/** Milliseconds between two saves of a log to which messages were only added. */
const EVERY = 10_000

type Parts = {
  /** Reactive; `kept` is what there is to read while the room itself cannot be reached. */
  chat: {
    readonly room: string
    readonly log: MessageLog
    readonly rooms: readonly { name: string }[]
    readonly missing: boolean
    readonly connection: Connection
    kept: MessageLog | undefined
  }
  storage: Store
  clock: Pick<Clock, 'after'>
  onLeaving: (call: () => void) => void
}

/** Stores the end of each room for offline reading. Deleted text, and text before an edit, is removed at once. */
export function keepOfflineLog({ chat, storage, clock, onLeaving }: Parts): void {
  /** The stored text of each message. */
  let storedTexts = new Map<string, string>()
  let due = false

  watch(
    [() => chat.room, () => chat.log] as const,
    ([room, log], [roomBefore, before]) => {
      if (due && before && room !== roomBefore) save(roomBefore!, before)
      if (log.cursor === null) return
      const known = room === roomBefore ? (before?.cursor ?? null) : null
      // The first answer, or one that starts over, for example after a restore: stored messages may no longer exist.
      if (known === null || log.cursor < known || hasStartedOver(log)) save(room, log, true)
      else if (hasChangedText(log)) save(room, log)
      else saveSoon()
    },
    { immediate: true },
  )
  watch([() => chat.rooms, () => chat.missing], () => {
    const stored = read(storage)
    const names = new Set(chat.rooms.map(({ name }) => name))
    const gone = Object.keys(stored).filter((name) => names.size > 0 && !names.has(name))
    if (gone.length > 0) write(without(stored, gone))
  })
  watch(
    [() => chat.room, () => chat.log, () => chat.connection] as const,
    ([room, log, { is }], [roomBefore]) => {
      if (log.cursor !== null || room !== roomBefore) chat.kept = undefined
      if (log.cursor === null && (is === 'offline' || is === 'reconnecting')) {
        chat.kept ??= logOf(read(storage)[room])
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
    if (due && !chat.missing) save(chat.room, chat.log)
  }

  function save(room: string, { cursor, messages }: MessageLog, whole = false): void {
    due = false
    // What is private is kept on the server alone: others may use this browser too.
    if (isPrivate(room)) return
    const stored = read(storage)
    // Another tab that knows more has saved already.
    if (cursor === null || (!whole && (stored[room]?.cursor ?? 0) > cursor)) return
    const last = fitting(messages)
    storedTexts = new Map(last.map(({ id, text }) => [id, text]))
    write({ ...without(stored, [room]), [room]: { cursor, messages: last } })
  }

  /** Whether the newest stored message is no longer among the messages. */
  function hasStartedOver({ messages }: MessageLog): boolean {
    const newest = [...storedTexts.keys()].at(-1)
    return newest !== undefined && messages.findLastIndex(({ id }) => id === newest) < 0
  }

  /** Whether a stored message was edited or deleted. An older one is dropped at the next save. */
  function hasChangedText({ messages }: MessageLog): boolean {
    return messages.slice(-2 * MESSAGES).some(({ id, text }) => (storedTexts.get(id) ?? text) !== text)
  }

  function write(stored: KeptRooms): void {
    const rooms = Object.entries(stored).slice(-ROOMS)
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(rooms)))
  }
}

function read(storage: Store): KeptRooms {
  try {
    return (JSON.parse(storage.getItem(KEY) ?? '{}') as KeptRooms | null) ?? {}
  } catch {
    return {}
  }
}

const without = (stored: KeptRooms, rooms: string[]): KeptRooms =>
  Object.fromEntries(Object.entries(stored).filter(([name]) => !rooms.includes(name)))

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
