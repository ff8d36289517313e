import type { Author, Failure, Message, Person } from 'me-api/contract'
import { withWanted, type Wanted } from './wanted.ts'
import type { Edit } from './writing/edits.ts'
import type { Outgoing } from './writing/outbox.ts'
import type { Removal } from './writing/removals.ts'

/** A line of the log: a Message, or something written here that is not one yet. */
export type Shown = Omit<Message, 'seq' | 'rev' | 'room'> & {
  seq?: number
  state?: Outgoing['state']
  error?: Failure
  /** How the saving of new words is getting on. */
  edit?: Edit['state']
  removal?: Removal
}

/** What one has done to messages and the log does not show yet, by message id. */
export type Pending = {
  reactions: ReadonlyMap<string, Wanted>
  edits: ReadonlyMap<string, Edit>
  removals: ReadonlyMap<string, Removal>
}

/** What is shown: the log with what is being done to it, and below it what is on its way. */
export function shownLines(
  log: readonly Message[],
  outbox: readonly Outgoing[],
  self: Person | null,
  pending: Pending,
): Shown[] {
  const author: Author = { id: self?.id ?? '', nick: self?.nick ?? '', role: self?.role ?? 'visitor' }
  const onTheirWay = outbox.map(({ id, text, replyTo, writtenAt, state, error }) => {
    return { id, text, replyTo, author, sentAt: writtenAt, state, error }
  })
  const lines: Shown[] = [...log, ...onTheirWay]
  touch(lines, pending.reactions, (line, wanted) => ({
    reactions: withWanted(line.reactions, wanted, author.id),
  }))
  touch(lines, pending.edits, (_, { text, state }) => ({ text, edit: state }))
  touch(lines, pending.removals, (_, removal) => ({ removal }))
  return lines
}

function touch<T>(
  lines: Shown[],
  touched: ReadonlyMap<string, T>,
  change: (line: Shown, by: T) => Partial<Shown>,
): void {
  for (const [id, by] of touched) {
    const index = lines.findLastIndex((line) => line.id === id)
    const line = lines[index]
    if (line && !line.deletedAt) lines[index] = { ...line, ...change(line, by) }
  }
}
