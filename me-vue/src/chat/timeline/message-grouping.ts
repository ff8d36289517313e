import type { Message } from 'me-api/contract'
import { dayOf } from '../../ui/dates.ts'

/** Milliseconds within which one person's messages share a group. */
const SHARED_FOR = 5 * 60_000

type Item = Pick<Message, 'author' | 'sentAt' | 'replyTo'>

/** Whether an item begins a new day and a new group, compared with the one above it. */
export function standing(item: Item, above: Item | undefined): { newDay: boolean; newTile: boolean } {
  if (!above) return { newDay: true, newTile: true }
  const newDay = dayOf(new Date(item.sentAt)) !== dayOf(new Date(above.sentAt))
  const apart = Date.parse(item.sentAt) - Date.parse(above.sentAt)
  const newTile = newDay || above.author.id !== item.author.id || apart > SHARED_FOR || Boolean(item.replyTo)
  return { newDay, newTile }
}
