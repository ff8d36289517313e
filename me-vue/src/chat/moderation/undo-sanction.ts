import type { Moderation, ModerationOverview } from 'me-api/contract'

export type Limiting = Moderation & { action: 'mute' | 'ban' }
type Under = Omit<ModerationOverview['people'][number], 'id' | 'nick'>

/**
 * The orders that put back what somebody was under before a mute or a ban; `now` in milliseconds since 1970. An end
 * comes back to the minute begun, as orders have whole ones, and with its reason. Forgiving lifts both, so that what is to stay is ordered
 * anew.
 */
export function undoSanction({ id, action }: Limiting, before: Under | undefined, now: number): Moderation[] {
  const again = (action: Limiting['action']): Moderation[] => {
    const [until, reason] =
      action === 'mute' ? [before?.mutedUntil, before?.muteReason] : [before?.bannedUntil, before?.banReason]
    const minutes = until ? Math.ceil((Date.parse(until) - now) / 60_000) : 0
    return minutes > 0 ? [{ id, action, minutes, ...(reason && { reason }) }] : []
  }
  const same = again(action)
  if (same.length > 0) return same
  return [{ id, action: 'forgive' }, ...again(action === 'mute' ? 'ban' : 'mute')]
}
