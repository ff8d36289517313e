import type { Change, Message } from 'me-api/contract'

const ada = { id: 'ada', nick: 'Ada', role: 'visitor' } as const

export function message(seq: number, more: Partial<Message> = {}): Message {
  const sentAt = new Date(Date.UTC(2026, 2, 3, 12, 0, seq)).toISOString()
  return { id: `m${seq}`, room: 'lobby', seq, rev: seq, author: ada, text: `words ${seq}`, sentAt, ...more }
}

/** Messages `from` to `to`, both included. */
export const messages = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index))

/** What brings a reader from one rev to another, where every rev is a message sent. */
export const change = (from: number, to: number, more: Partial<Change> = {}): Change => ({
  room: 'lobby',
  from,
  to,
  messages: more.messages ?? messages(from + 1, to),
  ...more,
})
