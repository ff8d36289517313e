import type { Message, Person } from 'me-api/contract'
import type { TimelineItem } from '../timeline/timeline-items.ts'

/**
 * What one can do to a line of the log. `pick`: choose an emoji beyond the usual ones. `jump`: go to what it answers.
 * `more`: what concerns who said it.
 */
export type Act =
  | { do: 'react'; emoji: string; on: boolean }
  | { do: 'pick' | 'reply' | 'edit' | 'delete' | 'undo' | 'tryAgain' | 'remove' | 'jump' | 'link' | 'more' }

/** The signs that are one click away. */
export const USUAL = ['👍', '❤️', '😂', '🎉', '👏', '🔥'] as const

/** Whether a line is a message that something can be done to. */
export const isSettled = (line: TimelineItem) =>
  line.seq !== undefined && !line.deletedAt && !line.removal && !line.edit

/** Whether somebody may remove what another wrote, or change it. */
export const mayDelete = (by: Person | null, { author }: Pick<Message, 'author'>) =>
  by?.role === 'owner' || by?.id === author.id
export const mayEdit = (by: Person | null, { author }: Pick<Message, 'author'>) => by?.id === author.id
