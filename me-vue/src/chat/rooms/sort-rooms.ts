import type { Room } from 'me-api/contract'
import { LOBBY } from 'me-api/contract/limits'

/** The lobby first, then by title. */
export function sortRooms(rooms: readonly Room[], language: string): Room[] {
  const rank = (room: Room) => (room.name === LOBBY ? 0 : 1)
  const { compare } = new Intl.Collator(language)
  return rooms.toSorted((a, b) => rank(a) - rank(b) || compare(a.title, b.title))
}
