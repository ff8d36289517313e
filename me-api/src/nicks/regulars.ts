import type { Clock } from '../clock.ts'
import type { Message } from '../contract/index.ts'
import { type Nick, asNick } from './nick.ts'
import type { RegularsStore } from './regulars.store.ts'

const DAY = 24 * 3_600_000
/** Days within which a regular has written on three, and for which the nick is then kept, the last written included. */
const DAYS = 30
const DAYS_WRITTEN = 3
/** The most visitors in memory who have written today; beyond them a visitor is looked up again. */
const TODAY_MAX = 10_000

type Parts = {
  store: Pick<RegularsStore, 'keepersOf' | 'daysWritten' | 'keep'>
  clock: Clock
  /** Receives why a regular could not be noted; the next message tries again. */
  onFault: (error: unknown) => void
}

/**
 * Regulars: visitors who have written under their nick on three days of thirty, and keep it while they are away
 * (docs/contract.md §5).
 */
export function createRegulars({ store, clock, onFault }: Parts) {
  /** Who has written today, and under which nick; another node merely looks once more. */
  const today = { day: 0, writers: new Set<string>() }

  function keepersOf(nick: Nick) {
    const now = clock.now()
    return store.keepersOf(nick, now, latestEnd(now))
  }

  /** Whether it is the first message since midnight (UTC) under this nick, or not known. */
  function isFirst(writer: string, day: number): boolean {
    if (today.day !== day || today.writers.size >= TODAY_MAX) today.writers.clear()
    today.day = day
    if (today.writers.has(writer)) return false
    today.writers.add(writer)
    return true
  }

  /** Notes those of these visitors who are regulars, by the nick that each of them has. Returns whether it worked. */
  async function note(visitors: { id: string; nick: Nick }[]): Promise<boolean> {
    try {
      const now = clock.now()
      const ids = visitors.map(({ id }) => id)
      const written = await store.daysWritten(ids, now - 2 * DAYS * DAY, now)
      const daysOf = Map.groupBy(written, ({ id }) => id)
      for (const { id, nick } of visitors) {
        const until = keptUntil((daysOf.get(id) ?? []).map(({ day }) => day))
        if (until !== null && until > now) await store.keep(id, nick, until, now, latestEnd(now))
      }
      return true
    } catch (error) {
      onFault(error)
      return false
    }
  }

  return {
    note,

    /** Whether a visitor other than this one keeps the nick. */
    isKept: async (nick: Nick, visitorId: string | null): Promise<boolean> =>
      (await keepersOf(nick)).some(({ id }) => id !== visitorId),

    /** Returns the regular who has exactly this nick and took it in this tab, by the tab's hash. */
    async keeperInTab(nick: Nick, tab: string | null): Promise<string | null> {
      if (tab === null) return null
      const keeper = (await keepersOf(nick)).find((one) => one.tab === tab && one.nick === nick.nick)
      return keeper?.id ?? null
    },

    /**
     * Called after a message is stored. A visitor's first of a day may make them a regular, and prolongs the time for
     * which one keeps the nick.
     */
    async wrote({ author, sentAt }: Message): Promise<void> {
      const writer = `${author.id} ${author.nick}`
      if (author.role !== 'visitor' || !isFirst(writer, dayOf(Date.parse(sentAt)))) return
      const nick = asNick(author.nick)
      if (nick && !(await note([{ id: author.id, nick }]))) today.writers.delete(writer)
    },
  }
}

export type Regulars = ReturnType<typeof createRegulars>

/** The latest time until when a nick can be kept; a later one is from before the system's time was set back. */
const latestEnd = (now: number): number => now + (DAYS + 1) * DAY

const dayOf = (time: number): number => Math.floor(time / DAY)

/**
 * Returns until when somebody keeps their nick who wrote on these days, in milliseconds since 1970; null for no time.
 * Writing again never shortens it: days that made somebody a regular count for their time.
 */
export function keptUntil(days: number[]): number | null {
  const latest = days.toSorted((one, other) => other - one)
  const last = latest.find((day, index) => day - (latest[index + DAYS_WRITTEN - 1] ?? -Infinity) < DAYS)
  return last === undefined ? null : (last + DAYS) * DAY
}
