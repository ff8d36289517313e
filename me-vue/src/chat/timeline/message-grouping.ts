import type { Message } from 'me-api/contract'

/** Milliseconds within which one person's messages share a tile. */
const SHARED_FOR = 5 * 60_000

type Line = Pick<Message, 'author' | 'sentAt' | 'replyTo'>

/** How a line stands under the one above it: does it begin a day, does it begin a tile of its own? */
export function standing(line: Line, above: Line | undefined): { newDay: boolean; newTile: boolean } {
  if (!above) return { newDay: true, newTile: true }
  const newDay = dayOf(line) !== dayOf(above)
  const apart = Date.parse(line.sentAt) - Date.parse(above.sentAt)
  const newTile = newDay || above.author.id !== line.author.id || apart > SHARED_FOR || Boolean(line.replyTo)
  return { newDay, newTile }
}

const dayOf = (line: Line) => new Date(line.sentAt).toDateString()
