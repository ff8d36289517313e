import type { Clock } from '../../clock.ts'
import {
  LESSON_ROOM,
  LOBBY,
  type NewRoom,
  type Person,
  type Room,
  type RoomChanges,
  conversationOf,
  isPrivate,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { noRoom } from '../log/commit.ts'
import { refuseLesson } from '../log/lesson-room.ts'
import type { Signals } from '../signals.ts'
import type { ReadableRooms } from './open-rooms.ts'
import type { ReadRule } from './read-rule.ts'
import type { RoomsStore } from './rooms.store.ts'

type Parts = {
  store: RoomsStore
  clock: Clock
  signals: Pick<Signals, 'roomRemoved' | 'roomsChanged' | 'conversationChanged'>
  mayRead: ReadRule
  /** Tells the other nodes that the rooms have changed. */
  tellNodes: () => void
}

/**
 * The rooms that the owner manages, and the right to read them. Lists hold open rooms only; private conversations have a
 * list of their own.
 */
export function createRooms({ store, clock, signals, mayRead, tellNodes }: Parts) {
  let [asked, told] = [0, 0]
  let latest: Room[] | null = null

  signals.conversationChanged.subscribe(({ room, isGone }) => {
    if (isGone) signals.roomRemoved.emit(room)
  })

  /** Reads the list, and makes it the latest one unless a list that was asked for later is. */
  async function readList(): Promise<{ before: Room[] | null; rooms: Room[]; isLatest: boolean }> {
    const number = ++asked
    const rooms = await store.list()
    const isLatest = number > told
    const before = latest
    if (isLatest) [told, latest] = [number, rooms]
    return { before, rooms, isLatest }
  }

  /** Tells everybody the list. */
  async function changed(): Promise<void> {
    const { rooms, isLatest } = await readList()
    if (isLatest) signals.roomsChanged.emit(rooms)
    tellNodes()
  }

  /** Returns those of these rooms that a person may read. */
  const readable = (by: Person | null, rooms: Room[]): Room[] => rooms.filter(({ name }) => mayRead(by, name))

  /** @throws {Refusal} NOT_FOUND, as a room that one may not read is answered like one that is not there */
  function refuseHidden(by: Person | null, name: string): void {
    if (!mayRead(by, name)) throw noRoom(name)
  }

  return {
    mayRead,
    refuseHidden,
    readable,

    /**
     * Asks whether somebody may read a room, and whether it is there. Every read of a room, and every subscription to
     * it, begins here; a read that finds out by itself whether the room is there begins with `refuseHidden`.
     * @throws {Refusal} NOT_FOUND
     */
    async open(by: Person | null, name: string): Promise<void> {
      refuseHidden(by, name)
      if (!(await store.has(name))) throw noRoom(name)
    },

    /** Returns all rooms that a person may read, as a query of many rooms asks for them: none has the lesson's. */
    async readableBy(by: Person | null): Promise<ReadableRooms> {
      const hidden = (await store.list()).flatMap(({ name }) => (mayRead(by, name) ? [] : name))
      return {
        hidden: [...hidden, LESSON_ROOM],
        conversation: by?.role === 'owner' ? 'all' : by && conversationOf(by.id),
      }
    },

    list: async (by: Person | null): Promise<Room[]> => readable(by, await store.list()),

    /** Reads the list, and tells everybody what another node has changed since it was last read. Returns all rooms. */
    async look(): Promise<Room[]> {
      const { before, rooms, isLatest } = await readList()
      if (!isLatest || !before) return rooms
      for (const { name } of before)
        if (!rooms.some((room) => room.name === name)) signals.roomRemoved.emit(name)
      if (settingsOf(rooms) !== settingsOf(before)) signals.roomsChanged.emit(rooms)
      return rooms
    },

    async add(room: NewRoom): Promise<Room> {
      const added = await store.add(room)
      if (!added) throw new Refusal('CONFLICT', `There is already a room ${room.name}.`, { pointer: '/name' })
      await changed()
      return added
    },

    /** @throws {Refusal} NOT_FOUND, FORBIDDEN for a private conversation and the lesson's room */
    async change(name: string, changes: RoomChanges): Promise<Room> {
      refuseLesson(name)
      if (isPrivate(name) && (await store.has(name)))
        throw new Refusal('FORBIDDEN', 'A private conversation has no settings.')
      const room = await store.change(name, changes)
      if (!room) throw noRoom(name)
      await changed()
      return room
    },

    async remove(name: string): Promise<void> {
      refuseLesson(name)
      if (name === LOBBY) throw new Refusal('FORBIDDEN', 'The lobby cannot be removed.')
      await store.thin(name)
      if (!(await store.remove(name, clock.now()))) throw noRoom(name)
      // Nobody but its two people hears of a conversation.
      if (isPrivate(name)) return signals.conversationChanged.emit({ room: name, of: 'both', isGone: true })
      signals.roomRemoved.emit(name)
      await changed()
    },
  }
}

export type Rooms = ReturnType<typeof createRooms>

/** What of rooms is told by `room:updated`; their logs have their own way. */
const settingsOf = (rooms: Room[]): string =>
  JSON.stringify(rooms.map(({ seq: _, rev: __, ...rest }) => rest))
