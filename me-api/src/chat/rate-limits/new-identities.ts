import type { Clock } from '../../clock.ts'
import type { Limit } from '../../config.ts'
import type { Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { hasLink } from './has-link.ts'

/** A newcomer's limit of messages (docs/contract.md §2). */
export const NEWCOMERS_PACE: Limit = { count: 5, seconds: 10 }

/** The most newcomers in memory, each a few bytes; beyond them the earliest count as known. */
const REMEMBERED_MAX = 100_000

/**
 * The identities younger than `seconds`, in memory, so that checking a message needs no query. Their age comes from
 * the database each time a person is identified, so that neither a reconnect nor a restart changes it. If `seconds`
 * is null, nobody is new.
 */
export function createNewcomers({ clock, seconds }: { clock: Clock; seconds: number | null }) {
  const newUntil = new Map<string, number>()

  const secondsLeft = (id: string): number =>
    Math.max(0, Math.ceil(((newUntil.get(id) ?? 0) - clock.now()) / 1_000))

  /** Drops those at the front who are no longer new; called for each new one. */
  function dropOld(): void {
    for (const [id, until] of newUntil) {
      if (until > clock.now() && newUntil.size <= REMEMBERED_MAX) return
      newUntil.delete(id)
    }
  }

  return {
    /** Whether a person without an identity would be new with one. */
    areSlower: seconds !== null,

    isNew: (id: string): boolean => secondsLeft(id) > 0,

    /** Notes when an identity was created, in milliseconds since 1970. */
    note(id: string, madeAt: number): void {
      if (seconds === null) return
      dropOld()
      const until = madeAt + seconds * 1_000
      if (until > clock.now()) newUntil.set(id, until)
    },

    /** @throws {Refusal} LINKS_NOT_YET, with the seconds until links are allowed */
    maySay(id: string, text: string): void {
      const left = secondsLeft(id)
      if (left > 0 && hasLink(text)) {
        throw new Refusal('LINKS_NOT_YET', 'You can post links after a few minutes in the chat.', {
          retryAfter: left,
          limit: 'LIMIT_NEWCOMER',
        })
      }
    },
  }
}

export type Newcomers = ReturnType<typeof createNewcomers>

/** Returns each person's limit of messages for `welcome`: the slower of two limits. A reader counts as new. */
export function createWriteRates({ newcomers, usual }: { newcomers: Newcomers; usual: Limit | null }) {
  return function paceOf(self: Person | null): Limit | null {
    if (self?.role === 'owner') return null
    const isNew = self ? newcomers.isNew(self.id) : newcomers.areSlower
    return isNew ? slower(NEWCOMERS_PACE, usual) : usual
  }
}

const slower = (one: Limit, other: Limit | null): Limit =>
  other && other.count / other.seconds < one.count / one.seconds ? other : one
