/** Who is to be told of what happens, because they do not see it. */
export type Attendance = {
  isAway: (personId: string) => boolean
  /** Whether a member is there who is not away. */
  isMemberThere: () => boolean
}
