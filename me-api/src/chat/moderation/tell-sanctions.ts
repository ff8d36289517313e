import type { SanctionRow } from '../../db/tables.ts'
import type { Signals } from '../signals.ts'
import { banned, muted, noticeOf } from './active-sanctions.ts'

type Told = {
  /** All sanctions as they were in force, and as they are now. */
  before: SanctionRow[]
  after: SanctionRow[]
  /** The ids of all who are connected to this node: whoever of them is banned is still to be told. */
  here: string[]
  /** Milliseconds since 1970. */
  now: number
  signals: Pick<Signals, 'notice' | 'banNotice' | 'personBanned'>
}

type End = 'muted_until' | 'banned_until'

/**
 * Tells people of the mutes and bans that have begun or ended, as the order itself does on its own node. Returns whether
 * there are other bans than before.
 */
export function tellSanctions({ before, after, here, now, signals }: Told): boolean {
  const [was, is] = [byPerson(before), byPerson(after)]
  const endOf = (rows: Map<string, SanctionRow>, id: string, end: End): number => {
    const until = rows.get(id)?.[end] ?? 0
    return until > now ? until : 0
  }
  const ids = [...new Set([...was.keys(), ...is.keys()])]
  const changed = (end: End): string[] => ids.filter((id) => endOf(was, id, end) !== endOf(is, id, end))
  const secondsOf = (until: number): number => Math.max(0, Math.ceil((until - now) / 1_000))

  for (const id of changed('muted_until')) {
    const notice = noticeOf(muted(secondsOf(endOf(is, id, 'muted_until')), is.get(id)?.mute_reason))
    signals.notice.emit({ personId: id, notice })
  }
  const [bans, wereBanned] = [changed('banned_until'), (id: string) => endOf(was, id, 'banned_until') > 0]
  if (bans.some(wereBanned)) signals.banNotice.emit(noticeOf(banned(0)))
  for (const id of new Set(here)) {
    const until = endOf(is, id, 'banned_until')
    if (until === 0) continue
    signals.notice.emit({ personId: id, notice: noticeOf(banned(secondsOf(until), is.get(id)?.ban_reason)) })
    signals.personBanned.emit(id)
  }
  return bans.length > 0
}

const byPerson = (rows: SanctionRow[]) => new Map(rows.map((row) => [row.person_id, row]))
