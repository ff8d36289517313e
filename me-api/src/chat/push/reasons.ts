/** Why somebody is told of something, or `test`, for which they asked. */
export type Reason = 'private' | 'answer' | 'mention' | 'said' | 'report' | 'test'

/** Conversations that are no rooms: all reports are one, and all tests. No room has such a name. */
export const REPORTS = '#reports'
export const TESTS = '#tests'
