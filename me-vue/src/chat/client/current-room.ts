import type { Change, HistoryPage, Message, Room } from 'me-api/contract'
import { LOBBY } from 'me-api/contract/limits'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import { newestSeq } from './message-log.ts'
import { createRoomReader, type Entry } from './room-reader.ts'

export type RoomParts = {
  socket: ChatSocket
  /** Milliseconds for an acknowledgement. */
  patience: number
  /** Whether the server has said `welcome` since this tab connected. */
  welcomed: () => boolean
  fetchHistory: (room: string, before: number) => Promise<HistoryPage>
  /** Undefined where there is no such message (any more). */
  fetchMessage: (id: string) => Promise<Message | undefined>
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
  const { socket, patience, welcomed, fetchHistory, fetchMessage, onArrived, onLeave, onEntered, onSilent } =
    parts
  const reader = shallowRef(readerOf(LOBBY))
  /** There is no such room. */
  const missing = shallowRef(false)

  function readerOf(name: string) {
    return createRoomReader({
      name,
      enter: (entry, patience) => socket.timeout(patience).emitWithAck('room:enter', entry),
      fetchHistory,
      onArrived,
      onStuck: conclude,
    })
  }

  /** Catches up with the room, and says how that ended. */
  async function enter(within = patience): Promise<void> {
    const entered = reader.value
    const entry = await entered.catchUp(within)
    if (entered === reader.value) conclude(entry)
  }

  function conclude(entry: Entry): void {
    if (!welcomed()) return
    const nowhere = typeof entry === 'object' && (entry.code === 'NOT_FOUND' || entry.code === 'INVALID')
    if (entry !== 'entered' && !nowhere) return onSilent()
    missing.value = nowhere
    onEntered()
  }

  function goTo(name: string): void {
    if (name === reader.value.name) return
    if (welcomed()) socket.emit('room:leave', { room: reader.value.name }, () => {})
    missing.value = false
    onLeave()
    reader.value = readerOf(name)
    if (welcomed()) void enter()
  }

  /** Enters again where the room has just been created or removed. */
  function checkAmong(rooms: readonly Room[]): void {
    if (rooms.some(({ name }) => name === reader.value.name) === missing.value) void enter()
  }

  /** Looks for a message of this room that the log does not hold. */
  async function find(id: string): Promise<Message | 'gone' | 'failed'> {
    const { name } = reader.value
    try {
      const message = await fetchMessage(id)
      return message?.room === name ? message : 'gone'
    } catch {
      return 'failed'
    }
  }

  return {
    name: computed(() => reader.value.name),
    log: computed(() => reader.value.log.value),
    history: computed(() => reader.value.history.value),
    missing,
    enter,
    goTo,
    find,
    checkAmong,
    loadOlder: () => reader.value.loadOlder(),
    receive: (change: Change) => void reader.value.receive(change, patience),
    learn: (message: Message) => reader.value.learn(message),
    /** Whether a room's log has come as far as this seq; one that is not shown has once it is entered. */
    reached: (room: string, seq: number) =>
      room !== reader.value.name || seq <= newestSeq(reader.value.log.value),
  }
}

export type CurrentRoom = ReturnType<typeof createCurrentRoom>
