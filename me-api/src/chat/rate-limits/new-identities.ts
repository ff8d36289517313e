import type { Clock } from '../../clock.ts'
import type { Limit } from '../../config.ts'
import type { Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { hasLink } from './has-link.ts'

/** How fast a newcomer may write (docs/contract.md §2). */
export const NEWCOMERS_PACE: Limit = { count: 5, seconds: 10 }

/** Newcomers remembered at once, each a few bytes; beyond them the earliest count as known. */
const REMEMBERED_MAX = 100_000

/**
 * Identities that are younger than `seconds`, in memory, so that a message costs a look into a map. Their age is the
 * database's: it is noted wherever somebody is recognised, so that neither a reconnect nor a restart makes one older
 * or younger. Where `seconds` is null, nobody is new.
 */
export function createNewcomers({ clock, seconds }: { clock: Clock; seconds: number | null }) {
  const newUntil = new Map<string, number>()

  const secondsLeft = (id: string): number =>
    Math.max(0, Math.ceil(((newUntil.get(id) ?? 0) - clock.now()) / 1_000))

  /** In the order of noting: whoever is no longer new at the front is forgotten with each new one. */
  function forgetTheOld(): void {
    for (const [id, until] of newUntil) {
      if (until > clock.now() && newUntil.size <= REMEMBERED_MAX) return
      newUntil.delete(id)
    }
  }

  return {
    /** Whether somebody without an identity would be new with one. */
    areSlower: seconds !== null,

    isNew: (id: string): boolean => secondsLeft(id) > 0,

    /** This identity was made at that time, in milliseconds since 1970. */
    note(id: string, madeAt: number): void {
      if (seconds === null) return
      forgetTheOld()
      const until = madeAt + seconds * 1_000
      if (until > clock.now()) newUntil.set(id, until)
    },

    /** @throws {Refusal} LINKS_NOT_YET, with the seconds until links are welcome */
    maySay(id: string, text: string): void {
      const left = secondsLeft(id)
      if (left > 0 && hasLink(text)) {
        throw new Refusal('LINKS_NOT_YET', 'Links are for those who have been here a few minutes.', {
          retryAfter: left,
          limit: 'LIMIT_NEWCOMER',
        })
      }
    },
  }
}

export type Newcomers = ReturnType<typeof createNewcomers>

/** How fast each may write, for `welcome`: of two limits the slower, and whoever only reads yet will be new. */
export function createWriteRates({ newcomers, usual }: { newcomers: Newcomers; usual: Limit | null }) {
  return function paceOf(self: Person | null): Limit | null {
    if (self?.role === 'owner') return null
    const isNew = self ? newcomers.isNew(self.id) : newcomers.areSlower
    return isNew ? slower(NEWCOMERS_PACE, usual) : usual
  }
}

const slower = (one: Limit, other: Limit | null): Limit =>
  other && other.count / other.seconds < one.count / one.seconds ? other : one
