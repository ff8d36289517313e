import type { Change } from '../../contract/index.ts'
import type { Bus } from './bus.ts'

type Read = (room: string, after: number | null, limit: number) => Promise<Change>

/**
 * Shares one read of the log among concurrent callers, because a Change wakes all readers that wait at the same
 * cursor. A Change ends the sharing, since the read may lack it; therefore this subscribes to the bus before the
 * readers do.
 */
export function shareReads({ bus, read }: { bus: Bus; read: Read }): Read {
  const underWay = new Map<string, Map<string, Promise<Change>>>()
  bus.subscribe(({ room }) => void underWay.delete(room))

  return function readShared(room, after, limit) {
    const inRoom = underWay.get(room) ?? new Map<string, Promise<Change>>()
    underWay.set(room, inRoom)
    const key = `${after} ${limit}`
    const running = inRoom.get(key)
    if (running) return running
    const started = read(room, after, limit).finally(() => {
      inRoom.delete(key)
      if (inRoom.size === 0 && underWay.get(room) === inRoom) underWay.delete(room)
    })
    inRoom.set(key, started)
    return started
  }
}
