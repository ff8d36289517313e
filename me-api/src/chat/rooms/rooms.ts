import type { Clock } from '../../clock.ts'
import { LOBBY, type NewRoom, type Room, type RoomChanges } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { noRoom } from '../log/commit.ts'
import type { RoomsStore } from './rooms.store.ts'

type Parts = {
  store: RoomsStore
  clock: Clock
  /** Hears of a room that was removed with its messages. */
  onRemoved: (name: string) => void
  /** Hears all rooms, whenever one was made, changed or removed. */
  tell: (rooms: Room[]) => void
}

/** The rooms, as the owner keeps them. */
export function createRooms({ store, clock, onRemoved, tell }: Parts) {
  const told = async <Result>(result: Result): Promise<Result> => {
    tell(await store.list())
    return result
  }

  return {
    list: store.list,

    async add(room: NewRoom): Promise<Room> {
      const added = await store.add(room)
      if (!added) throw new Refusal('CONFLICT', `There is a room ${room.name} already.`, { pointer: '/name' })
      return told(added)
    },

    async change(name: string, changes: RoomChanges): Promise<Room> {
      const changed = await store.change(name, changes)
      if (!changed) throw noRoom(name)
      return told(changed)
    },

    async remove(name: string): Promise<void> {
      if (name === LOBBY) throw new Refusal('FORBIDDEN', 'The lobby stays.')
      if (!(await store.remove(name, clock.now()))) throw noRoom(name)
      onRemoved(name)
      await told(undefined)
    },
  }
}

export type Rooms = ReturnType<typeof createRooms>
