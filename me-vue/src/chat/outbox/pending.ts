import type { Wanted } from './optimistic-reactions.ts'

/** A message's new text, until the log shows it. */
export type Edit = {
  readonly text: string
  readonly state: 'waiting' | 'sending' | 'failed'
  readonly heldUntil?: string | undefined
}

/** `undoable`: not sent yet, or the owner can restore the message. `leaving`: being sent, and cannot be undone. */
export type Removal = 'undoable' | 'leaving'

/** This person's changes to messages that the log does not show yet, by message id. */
export type Pending = {
  reactions: ReadonlyMap<string, Wanted>
  edits: ReadonlyMap<string, Edit>
  removals: ReadonlyMap<string, Removal>
}
