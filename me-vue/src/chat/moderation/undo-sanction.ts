import type { Moderation, ModerationOverview } from 'me-api/contract'

export type Limiting = Moderation & { action: 'mute' | 'ban' }
type Under = Pick<ModerationOverview['people'][number], 'mutedUntil' | 'bannedUntil'>

/**
 * The orders that put back what somebody was under before a mute or a ban; `now` in milliseconds since 1970. An end
 * comes back to the minute begun, as orders have whole ones. Forgiving lifts both, so that what is to stay is ordered
 * anew.
 */
export function undoSanction({ id, action }: Limiting, before: Under | undefined, now: number): Moderation[] {
  const again = (action: Limiting['action'], until: string | null = null): Moderation[] => {
    const minutes = until === null ? 0 : Math.ceil((Date.parse(until) - now) / 60_000)
    return minutes > 0 ? [{ id, action, minutes }] : []
  }
  const ends = { mute: before?.mutedUntil, ban: before?.bannedUntil }
  const same = again(action, ends[action])
  if (same.length > 0) return same
  const other = action === 'mute' ? 'ban' : 'mute'
  return [{ id, action: 'forgive' }, ...again(other, ends[other])]
}
