import type { Change, HistoryPage, Message } from 'me-api/contract'

/** What this reader holds of a room's log (docs/contract.md §4). Never changed in place. */
export type MessageLog = {
  /** The room's `rev` up to which everything is known; null before the first answer. */
  readonly cursor: number | null
  /** Ascending `seq`, without holes. */
  readonly messages: readonly Message[]
  /** Whether the room has messages older than the first one held. */
  readonly older: boolean
  /** Newer states of messages older than the first one held, kept until their page of history comes. */
  readonly ahead: ReadonlyMap<string, Message>
}

export const emptyLog: MessageLog = { cursor: null, messages: [], older: false, ahead: new Map() }

/** The log with the change in it, or null where something between them is missing: enter the room again. */
export function applyChange(log: MessageLog, change: Change): MessageLog | null {
  if (change.reset) return startOver(change)
  if (log.cursor === null || change.from > log.cursor) return null
  if (change.to <= log.cursor) return log
  return { ...log, ...merge(log, change.messages), cursor: change.to }
}

/** Puts a page in front; `before` is the seq it was asked for. A page that no longer fits is ignored. */
export function addHistory(log: MessageLog, page: HistoryPage, before: number): MessageLog {
  const first = log.messages[0]
  if (!first || first.seq !== before) return log
  const ahead = new Map(log.ahead)
  const messages = page.messages.map((message) => {
    const known = ahead.get(message.id)
    ahead.delete(message.id)
    return known ? newer(known, message) : message
  })
  return { ...log, messages: messages.concat(log.messages), older: page.more, ahead }
}

/** The log with a newer state of a message it has; a message it lacks comes with its Change. */
export function learn(log: MessageLog, message: Message): MessageLog {
  const index = indexOfSeq(log.messages, message.seq)
  const held = log.messages[index]
  return held ? { ...log, messages: log.messages.with(index, newer(held, message)) } : log
}

/** A message in the newest state that the log knows of, whether it holds the message or has only heard of its change. */
export function newestState(log: MessageLog, message: Message): Message {
  const other = log.ahead.get(message.id) ?? log.messages[indexOfSeq(log.messages, message.seq)]
  return other?.id === message.id && other.rev > message.rev ? other : message
}

/** Whether a log began anew, so that changes between the two states are unknown. */
export const isBegunAnew = (now: MessageLog, before: MessageLog): boolean =>
  now.messages.length < before.messages.length ||
  (now.messages[0]?.seq ?? 0) > (before.messages[0]?.seq ?? Infinity)

/** The place of a seq among what is held, or -1. */
export function indexOfSeq(messages: readonly Message[], seq: number): number {
  const first = messages[0]
  const index = first ? seq - first.seq : -1
  if (messages[index]?.seq === seq) return index
  return search(messages, seq)
}

export const newestSeq = (log: MessageLog): number => log.messages.at(-1)?.seq ?? 0

/** Messages of others above a seq, among what is held. */
export function countAfter({ messages }: MessageLog, seq: number, self: string | undefined): number {
  let count = 0
  for (let index = messages.length - 1; index >= 0 && messages[index]!.seq > seq; index--) {
    if (messages[index]!.author.id !== self) count++
  }
  return count
}

function startOver(change: Change): MessageLog {
  const messages = change.messages.toSorted((a, b) => a.seq - b.seq)
  const older = (messages[0]?.seq ?? 1) > 1
  return { cursor: change.to, messages, older, ahead: new Map() }
}

function merge(log: MessageLog, changed: readonly Message[]): Pick<MessageLog, 'messages' | 'ahead'> {
  const messages = log.messages.slice()
  const ahead = new Map(log.ahead)
  const oldest = messages[0]?.seq ?? 0
  for (const message of changed.toSorted((a, b) => a.seq - b.seq)) {
    const index = indexOfSeq(messages, message.seq)
    const held = messages[index]
    if (held) messages[index] = newer(held, message)
    else if (message.seq > (messages.at(-1)?.seq ?? 0)) messages.push(message)
    else if (message.seq < oldest) ahead.set(message.id, newer(ahead.get(message.id) ?? message, message))
  }
  return { messages, ahead }
}

const newer = (a: Message, b: Message): Message => (b.rev > a.rev ? b : a)

function search(messages: readonly Message[], seq: number): number {
  let [low, high] = [0, messages.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = messages[middle]!.seq
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}
