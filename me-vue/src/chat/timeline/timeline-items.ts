import type { Author, Message, Person } from 'me-api/contract'
import { withOptimisticReactions } from '../outbox/optimistic-reactions.ts'
import type { Outgoing } from '../outbox/outbox-entry.ts'
import type { Edit, Pending, Removal } from '../outbox/pending.ts'

/** An item of the log: a Message, or one written here that is not stored yet. */
export type TimelineItem = Omit<Message, 'seq' | 'rev' | 'room'> & {
  seq?: number
  state?: Outgoing['state']
  error?: Outgoing['error']
  heldUntil?: Outgoing['heldUntil']
  /** The state of a pending edit. */
  edit?: Edit['state']
  removal?: Removal
  /** The reader ignores this author. */
  hidden?: boolean
}

/**
 * What is shown: the log with what is being done to it, and below it what is on its way. What was refused stays at the
 * place that it had then, if that place is loaded.
 */
export function timelineItems(
  log: readonly Message[],
  outbox: readonly Outgoing[],
  self: Person | null,
  pending: Pending,
  hidden: ReadonlyMap<string, string> = new Map(),
): TimelineItem[] {
  const author: Author = { id: self?.id ?? '', nick: self?.nick ?? '', role: self?.role ?? 'visitor' }
  // Another tab may already have sent what this tab has only just read.
  const unsaid = outbox.filter(({ id }) => !log.some((message) => message.id === id))
  const items: TimelineItem[] = [...log]
  const first = log[0]?.seq ?? Infinity
  for (const {
    id,
    text,
    replyTo,
    author: by,
    writtenAt,
    state,
    error,
    heldUntil,
    after = Infinity,
  } of unsaid) {
    const item: TimelineItem = {
      id,
      text,
      replyTo,
      // Until the server has answered who this is, the stored author is shown.
      author: (state === 'failed' || !self) && by ? by : author,
      sentAt: writtenAt,
      state,
      error,
      heldUntil,
    }
    const below = after < first ? -1 : items.findIndex(({ seq = 0 }) => seq > after)
    items.splice(below < 0 ? items.length : below, 0, item)
  }
  touch(items, pending.reactions, (item, wanted) => ({
    reactions: withOptimisticReactions(item.reactions, wanted, author.id),
  }))
  touch(items, pending.edits, (_, { text, state, heldUntil }) => ({ text, edit: state, heldUntil }))
  touch(items, pending.removals, (_, removal) => ({ removal }))
  return hidden.size > 0 ? withHidden(items, hidden) : items
}

/** Replaces consecutive hidden items with one. */
function withHidden(items: TimelineItem[], people: ReadonlyMap<string, string>): TimelineItem[] {
  return items
    .map((item) => (people.has(item.author.id) ? { ...item, hidden: true } : item))
    .filter((item, index, all) => !item.hidden || !all[index - 1]?.hidden)
}

function touch<T>(
  items: TimelineItem[],
  touched: ReadonlyMap<string, T>,
  change: (item: TimelineItem, by: T) => Partial<TimelineItem>,
): void {
  for (const [id, by] of touched) {
    const index = items.findLastIndex((item) => item.id === id)
    const item = items[index]
    if (item && (!item.deletedAt || by === 'undoable')) items[index] = { ...item, ...change(item, by) }
  }
}
