import type { PresenceList } from '../presence/presence.ts'

/** Who is to be told of what happens, because they do not see it. */
export type Attendance = {
  isAway: (personId: string) => boolean
  /** Whether a member is there who is not away. */
  isMemberThere: () => boolean
}

/** Whoever has no tab open is away. */
export const attendanceOf = (presence: Pick<PresenceList, 'isHere' | 'isMemberHere'>): Attendance => ({
  isAway: (personId) => !presence.isHere(personId),
  isMemberThere: presence.isMemberHere,
})
