/** Why somebody is told of something, or `test`, for which they asked. */
export type Reason = 'private' | 'answer' | 'mention' | 'said' | 'report' | 'webhook' | 'test'

/** Whether the reason is a message; otherwise it holds anyway, whether one is away or not. */
export const isOfMessage = (reason: Reason): boolean => reason !== 'webhook' && reason !== 'test'

/** Conversations that are no rooms: all reports are one, all webhooks and all tests. No room has such a name. */
export const REPORTS = '#reports'
export const WEBHOOKS = '#webhooks'
export const TESTS = '#tests'
