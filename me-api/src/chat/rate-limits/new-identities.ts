import type { Clock } from '../../clock.ts'
import type { Limit } from '../../config.ts'
import type { Person } from '../../contract/index.ts'
import { hasForeignLink } from '../../contract/links.ts'
import { Refusal } from '../../errors.ts'

/** A newcomer's limit of messages (docs/contract.md §2). */
export const NEWCOMERS_PACE: Limit = { count: 5, seconds: 10 }

/** The most newcomers in memory, each a few bytes; beyond them the earliest count as known. */
const REMEMBERED_MAX = 100_000

/**
 * The identities younger than `seconds`, in memory, so that checking a message needs no query. Their age comes from
 * the database each time a person is identified, so that neither a reconnect, nor a restart, nor
 * another node changes it. If `seconds`
 * is null, nobody is new.
 */
export function createNewcomers({ clock, seconds }: { clock: Clock; seconds: number | null }) {
  const lasts = (seconds ?? 0) * 1_000
  /** When each identity was created, in milliseconds since 1970, and until when it is new, by the monotonic clock. */
  const known = new Map<string, { madeAt: number; newUntil: number }>()

  const secondsLeft = (id: string): number =>
    Math.max(0, Math.ceil(((known.get(id)?.newUntil ?? -Infinity) - clock.monotonic()) / 1_000))

  /**
   * Drops those at the front who are no longer new; called for each new one. Those who would still be new by a system's
   * time that was set back stay, so that they do not become new again.
   */
  function dropOld(): void {
    for (const [id, { madeAt, newUntil }] of known) {
      const isNew = newUntil > clock.monotonic() || madeAt + lasts > clock.now()
      if (isNew && known.size <= REMEMBERED_MAX) return
      known.delete(id)
    }
  }

  return {
    /** Whether a person without an identity would be new with one. */
    areSlower: seconds !== null,

    isNew: (id: string): boolean => secondsLeft(id) > 0,

    /** Notes when an identity was created, in milliseconds since 1970. */
    note(id: string, madeAt: number): void {
      dropOld()
      const left = Math.min(lasts, madeAt + lasts - clock.now())
      if (left > 0 && !known.has(id)) known.set(id, { madeAt, newUntil: clock.monotonic() + left })
    },

    /**
     * `host` is the site's, whose own links are never held back.
     * @throws {Refusal} LINKS_NOT_YET, with the seconds until other links are allowed
     */
    maySay(id: string, text: string, host: string): void {
      const left = secondsLeft(id)
      if (left > 0 && hasForeignLink(text, host)) {
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
export function createWriteRates({
  newcomers,
  usual,
  bots,
}: {
  newcomers: Newcomers
  usual: Limit | null
  bots: Limit | null
}) {
  return function paceOf(self: Person | null): Limit | null {
    if (self?.role === 'owner') return null
    if (self?.role === 'bot') return bots
    const isNew = self ? newcomers.isNew(self.id) : newcomers.areSlower
    return isNew ? slower(NEWCOMERS_PACE, usual) : usual
  }
}

const slower = (one: Limit, other: Limit | null): Limit =>
  other && other.count / other.seconds < one.count / one.seconds ? other : one
