import type { Message, Quote } from 'me-api/contract'

/** What is said about one passage of a page, or about the page as a whole, oldest first. */
export type Topic = { key: string; quote?: Quote | undefined; messages: readonly Message[] }

/** The key of what is said about the page as a whole. */
export const WHOLE_PAGE = ''

export const keyOf = (quote: Quote | undefined): string =>
  quote ? JSON.stringify([quote.exact, quote.prefix, quote.suffix]) : WHOLE_PAGE

/** Puts newer states of messages among those that are known, without those that were deleted. */
export function withChanges(
  known: ReadonlyMap<string, Message>,
  changed: readonly Message[],
): ReadonlyMap<string, Message> {
  const next = new Map(known)
  for (const message of changed) {
    const before = next.get(message.id)
    if (before && before.rev > message.rev) continue
    if (message.deletedAt) next.delete(message.id)
    else next.set(message.id, message)
  }
  return next
}

/**
 * Sorts what is said about a page by what it is about, in the order in which the topics began. An answer belongs to what
 * it answers; where that was deleted, to the page as a whole.
 */
export function topicsOf(known: ReadonlyMap<string, Message>): Topic[] {
  const messages = [...known.values()].toSorted((a, b) => a.sentAt.localeCompare(b.sentAt) || a.seq - b.seq)
  const topics = new Map<string, { quote?: Quote | undefined; messages: Message[] }>()
  for (const message of messages) {
    const quote = quoteOf(message, known)
    const key = keyOf(quote)
    const topic = topics.get(key) ?? { quote, messages: [] }
    topics.set(key, topic)
    topic.messages.push(message)
  }
  return [...topics].map(([key, topic]) => ({ key, ...topic }))
}

function quoteOf(message: Message, known: ReadonlyMap<string, Message>): Quote | undefined {
  const seen = new Set<string>()
  let one: Message | undefined = message
  while (one && !one.about && !seen.has(one.id)) {
    seen.add(one.id)
    one = one.replyTo === undefined ? undefined : known.get(one.replyTo)
  }
  return one?.about?.quote
}
