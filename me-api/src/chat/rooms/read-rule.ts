import type { Person } from '../../contract/index.ts'

/**
 * Whether a person may read a room; `by` is null for a reader without a nick. Every write and every
 * Change of a stream asks it, so it must answer from memory.
 */
export type ReadRule = (by: Pick<Person, 'id' | 'role'> | null, room: string) => boolean

/** Everybody may read every room. */
export const everybodyMayRead: ReadRule = () => true
