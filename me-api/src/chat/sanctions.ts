import type { Clock } from '../clock.ts'
import type { Notice } from '../contract/index.ts'
import type { SanctionRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { AddressKey } from './address-key.ts'

/**
 * Who is muted or banned now. It is held in memory, so that a message costs a look into a map and no query; the
 * database has the same for the next start.
 */
export function createSanctions({ clock, keyOf }: { clock: Clock; keyOf: AddressKey }) {
  const byPerson = new Map<string, SanctionRow>()

  /** @throws {Refusal} BANNED, with the seconds until it ends */
  function mayBeHere(personId: string): void {
    const until = byPerson.get(personId)?.banned_until ?? 0
    if (until > clock.now()) throw banned(secondsTo(until))
  }

  /** @throws {Refusal} BANNED, MUTED, with the seconds until it ends */
  function mayWrite(personId: string): void {
    mayBeHere(personId)
    const until = byPerson.get(personId)?.muted_until ?? 0
    if (until > clock.now()) throw muted(secondsTo(until))
  }

  /** Whether a new identity may come from there. @throws {Refusal} BANNED, with the seconds until it ends */
  function mayJoinFrom(address: string | null): void {
    const key = keyOf(address)
    if (key === null) return
    const ends = [...byPerson.values()].map((row) => (row.address_key === key ? row.banned_until : 0))
    const until = Math.max(0, ...ends)
    if (until > clock.now()) throw banned(secondsTo(until))
  }

  const secondsTo = (time: number): number => Math.ceil((time - clock.now()) / 1_000)

  return {
    mayBeHere,
    mayWrite,
    mayJoinFrom,

    of: (personId: string): SanctionRow | undefined => byPerson.get(personId),
    /** What somebody who has just connected is to know, so that they need not try in vain. */
    noticeFor(personId: string): Notice | null {
      const until = byPerson.get(personId)?.muted_until ?? 0
      return until > clock.now() ? noticeOf(muted(secondsTo(until))) : null
    },

    /** From now on this holds; what has ended is forgotten. */
    apply(sanction: SanctionRow): void {
      byPerson.set(sanction.person_id, sanction)
      for (const [id, { muted_until, banned_until }] of byPerson)
        if (Math.max(muted_until, banned_until) <= clock.now()) byPerson.delete(id)
    },
  }
}

export type Sanctions = ReturnType<typeof createSanctions>

export const noticeOf = (refusal: Refusal): Notice => refusal.toFailure() as Notice
export const banned = (retryAfter: number) =>
  new Refusal('BANNED', 'You are banned from the chat.', { retryAfter })
export const muted = (retryAfter: number) => new Refusal('MUTED', 'You are muted.', { retryAfter })
