import type { HistoryPage, Message } from 'me-api/contract'
import { PAGE } from '../client/fetch-history.ts'
import { indexOfSeq, newestState, type MessageLog } from '../client/message-log.ts'

/** A slice of a room's history around one message, apart from the newest messages, which are in the room's log. */
export type HistorySlice = {
  readonly messages: readonly Message[]
  readonly older: boolean
  readonly newer: boolean
}

/** The end of a page that has a message in its middle, or that begins right after one. */
export const beforeAround = (seq: number): number => seq + PAGE / 2 + 1
export const beforeNewer = ({ messages }: HistorySlice): number => (messages.at(-1)?.seq ?? 0) + PAGE + 1

/** The page around a message, or null where that message is not there (any more). */
export function historyAround(
  seq: number,
  { messages, more }: HistoryPage,
  before = beforeAround(seq),
): HistorySlice | null {
  if (indexOfSeq(messages, seq) < 0) return null
  return { messages, older: more, newer: reaches(messages, before) }
}

export function withOlder(past: HistorySlice, page: HistoryPage): HistorySlice {
  return { ...past, messages: page.messages.concat(past.messages), older: page.more }
}

export function withNewer(past: HistorySlice, page: HistoryPage): HistorySlice {
  const last = past.messages.at(-1)?.seq ?? 0
  const messages = past.messages.concat(page.messages.filter(({ seq }) => seq > last))
  return { ...past, messages, newer: reaches(page.messages, beforeNewer(past)) }
}

/** A page that ends at the requested message may have another one after it. */
const reaches = (messages: readonly Message[], before: number) => messages.at(-1)?.seq === before - 1

/**
 * What is shown of it: each message in the newest state that the room's log knows of, and, where nothing is missing
 * between the two, what has been said since.
 */
export function asOf(live: MessageLog, past: HistorySlice): MessageLog {
  const last = past.messages.at(-1)?.seq ?? 0
  const meets = !past.newer && (live.messages[0]?.seq ?? Infinity) <= last + 1
  const since = meets ? live.messages.filter(({ seq }) => seq > last) : []
  return {
    ...live,
    cursor: live.cursor ?? 0,
    messages: [...past.messages.map((message) => newestState(live, message)), ...since],
    older: past.older,
  }
}
