import type { Message, Person } from 'me-api/contract'

/**
 * An action on an item of the log. `pick`: choose an emoji beyond the usual ones. `jump`: go to the message that it
 * answers. `takeBack`: move its text back into the composer. `more`: the actions on its author.
 */
export type Act =
  | { do: 'react'; emoji: string; on: boolean }
  | {
      do:
        | 'pick'
        | 'reply'
        | 'edit'
        | 'delete'
        | 'undo'
        | 'tryAgain'
        | 'takeBack'
        | 'remove'
        | 'jump'
        | 'link'
        | 'more'
    }

/** The emoji that are one click away. */
export const USUAL = ['👍', '❤️', '😂', '🎉', '👏', '🔥'] as const

type Item = { seq?: number; deletedAt?: string; removal?: unknown; edit?: unknown }

/** Whether it is a stored message without a pending change of this browser. */
export const isSettled = ({ seq, deletedAt, removal, edit }: Item) =>
  seq !== undefined && !deletedAt && !removal && !edit

/** Whether a person may delete or edit a message of another one. */
export const mayDelete = (by: Person | null, { author }: Pick<Message, 'author'>) =>
  by?.role === 'owner' || by?.id === author.id
export const mayEdit = (by: Person | null, { author }: Pick<Message, 'author'>) => by?.id === author.id
