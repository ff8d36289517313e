import { type Person, conversationOf, isPrivate } from '../../contract/index.ts'

/**
 * Whether a person may read a room; `by` is null for a reader without a nick. Every write and every
 * Change of a stream asks it, so it must answer from memory.
 */
export type ReadRule = (by: Pick<Person, 'id' | 'role'> | null, room: string) => boolean

/** A private conversation is its two people's alone, whether it is there or not; everybody may read every other room. */
export const usualReadRule: ReadRule = (by, room) =>
  !isPrivate(room) || (by !== null && (by.role === 'owner' || conversationOf(by.id) === room))
