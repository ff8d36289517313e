import type { Person } from '../../contract/index.ts'

/**
 * Whether somebody may read a room; `by` is null for a reader without a nick. It is asked for every message that is
 * searched, so that it answers from memory.
 */
export type ReadRule = (by: Pick<Person, 'id' | 'role'> | null, room: string) => boolean

/** All rooms are open to everybody. */
export const everybodyMayRead: ReadRule = () => true
