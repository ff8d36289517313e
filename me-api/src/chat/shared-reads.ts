import type { Change } from '../contract/index.ts'
import type { Bus } from './bus.ts'

type Read = (room: string, after: number | null, limit: number) => Promise<Change>

/**
 * Readings of the log that are alike and begin while one of them is under way are that one: a Change wakes all who wait
 * at the same cursor in the same instant. A Change also ends the sharing, as what is being read may lack it; make this
 * before whoever is woken by the bus.
 */
export function shareReads({ bus, read }: { bus: Bus; read: Read }): Read {
  const underWay = new Map<string, Map<string, Promise<Change>>>()
  bus.subscribe(({ room }) => void underWay.delete(room))

  return function readShared(room, after, limit) {
    const alike = underWay.get(room) ?? new Map<string, Promise<Change>>()
    underWay.set(room, alike)
    const key = `${after} ${limit}`
    const known = alike.get(key)
    if (known) return known
    const mine = read(room, after, limit).finally(() => {
      alike.delete(key)
      if (alike.size === 0 && underWay.get(room) === alike) underWay.delete(room)
    })
    alike.set(key, mine)
    return mine
  }
}
