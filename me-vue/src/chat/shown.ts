import type { Author, Failure, Message, Person } from 'me-api/contract'
import type { Outgoing } from './outbox.ts'

/** A line of the log: a Message, or something written here that is not one yet. */
export type Shown = Omit<Message, 'seq' | 'rev' | 'room'> & {
  seq?: number
  state?: Outgoing['state']
  error?: Failure
}

/** What is shown: the log, and below it what is on its way. */
export function shownLines(
  log: readonly Message[],
  outbox: readonly Outgoing[],
  self: Person | null,
): Shown[] {
  const author: Author = { id: self?.id ?? '', nick: self?.nick ?? '', role: self?.role ?? 'visitor' }
  const onTheirWay = outbox.map(({ id, text, writtenAt, state, error }) => {
    return { id, text, author, sentAt: writtenAt, state, error }
  })
  return [...log, ...onTheirWay]
}
