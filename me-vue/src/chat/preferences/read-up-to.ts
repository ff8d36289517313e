import { browserStorage } from '../../platform/browser-storage.ts'

/** How far a room has been read, by seq, is kept under this and the room's name. */
export const SEEN = 'me.chat.seen.'

/** How far this browser has read a room, by seq; null for a room that it has never opened. */
export function readUpTo(room: string): number | null {
  const seq = browserStorage.getItem(SEEN + room)
  return seq === null ? null : Number(seq)
}
