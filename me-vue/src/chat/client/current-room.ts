import type { Change, Failure, HistoryPage, Message, Room } from 'me-api/contract'
import { LESSON_ROOM, LOBBY } from 'me-api/contract/limits'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import { applyChange, emptyLog, type MessageLog, newestSeq } from './message-log.ts'
import { createRoomReader, type Entry, type RoomReader } from './room-reader.ts'

export type RoomParts = {
  socket: ChatSocket
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Whether the server has said `welcome` since this tab connected. */
  welcomed: () => boolean
  fetchHistory: (room: string, before: number) => Promise<HistoryPage>
  fetchChanges: (room: string, after: number | null) => Promise<Change>
  /** Rejects with a `code`, NOT_FOUND where there is no such message (any more). */
  fetchMessage: (id: string, room: string) => Promise<Message>
  /** What came with the page, of the rooms and of the one that it shows: read before there is a connection. */
  known?: () => { rooms: readonly Room[]; change?: Change } | undefined
  onArrived: (messages: readonly Message[]) => void
  /** The room is left for another. */
  onLeave: () => void
  /** Nothing is missing of the room; or there is no such room. */
  onEntered: () => void
  /** The room does not answer. */
  onSilent: () => void
}

/** The room that this tab shows: enters it, follows it, and leaves it for another. */
export function createCurrentRoom(parts: RoomParts) {
  const { socket, patience, welcomed, fetchMessage, known, onLeave, onEntered, onSilent } = parts
  const reader = shallowRef(readerOf(LOBBY))
  const name = computed(() => reader.value.name)
  /** There is no such room. */
  const missing = shallowRef(false)

  function readerOf(name: string): RoomReader {
    const created: RoomReader = createRoomReader({
      ...parts,
      name,
      begin: knownOf(name),
      enter: (entry, patience) => socket.timeout(patience).emitWithAck('room:enter', entry),
      onStuck: (entry) => conclude(created, entry),
    })
    return created
  }

  function knownOf(name: string): MessageLog {
    const change = known?.()?.change
    return (change?.room === name && applyChange(emptyLog, change)) || emptyLog
  }

  /** Catches up with the room, and says how that ended. */
  async function enter(within = patience): Promise<void> {
    const entered = reader.value
    conclude(entered, await entered.catchUp(within))
  }

  /** An answer that comes after the room was left says nothing about the next one. */
  function conclude(entered: RoomReader, entry: Entry): void {
    if (!welcomed() || entered !== reader.value) return
    const isRefused = typeof entry === 'object' && ['NOT_FOUND', 'INVALID'].includes(entry.code)
    // The lesson's room is no room of the chat.
    const nowhere = isRefused || entered.name === LESSON_ROOM
    if (entry !== 'entered' && !nowhere) return onSilent()
    missing.value = nowhere
    onEntered()
  }

  function goTo(room: string): void {
    if (room === name.value) return
    if (welcomed()) socket.emit('room:leave', { room: name.value }, () => {})
    missing.value = false
    onLeave()
    reader.value = readerOf(room)
    if (welcomed()) void enter()
  }

  /** Enters again where the room has just been created or removed. */
  function checkAmong(rooms: readonly Room[]): void {
    if (rooms.some((room) => room.name === name.value) === missing.value) void enter()
  }

  /** Looks for a message of this room that the log does not hold. */
  async function find(id: string): Promise<Message | 'gone' | 'failed'> {
    const room = name.value
    try {
      const message = await fetchMessage(id, room)
      return message.room === room ? message : 'gone'
    } catch (error) {
      return (error as Partial<Failure>).code === 'NOT_FOUND' ? 'gone' : 'failed'
    }
  }

  return {
    /** For the page. */
    shown: {
      room: name,
      log: computed(() => reader.value.log.value),
      history: computed(() => reader.value.history.value),
      missing,
      goTo,
      find,
      loadOlder: () => reader.value.loadOlder(),
    },
    name,
    enter,
    read: () => void reader.value.read(),
    checkAmong,
    receive: (change: Change) => void reader.value.receive(change, patience),
    learn: (message: Message) => reader.value.learn(message),
    /** The newest seq held of the room that is shown. */
    newest: (room: string) => (room === name.value ? newestSeq(reader.value.log.value) : undefined),
    /** Whether a room's log has reached this seq. True for a room that is not shown: entering it catches up. */
    reached: (room: string, seq: number) => room !== name.value || seq <= newestSeq(reader.value.log.value),
  }
}

export type CurrentRoom = ReturnType<typeof createCurrentRoom>
