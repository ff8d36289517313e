import type { Message } from 'me-api/contract'

/** Milliseconds within which one person's messages share a group. */
const SHARED_FOR = 5 * 60_000

type Item = Pick<Message, 'author' | 'sentAt' | 'replyTo'>

/** Whether an item begins a new day and a new group, compared with the one above it. */
export function standing(item: Item, above: Item | undefined): { newDay: boolean; newTile: boolean } {
  if (!above) return { newDay: true, newTile: true }
  const newDay = dayOf(item) !== dayOf(above)
  const apart = Date.parse(item.sentAt) - Date.parse(above.sentAt)
  const newTile = newDay || above.author.id !== item.author.id || apart > SHARED_FOR || Boolean(item.replyTo)
  return { newDay, newTile }
}

const dayOf = (item: Item) => new Date(item.sentAt).toDateString()
