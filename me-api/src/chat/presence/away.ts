import type { Clock } from '../../clock.ts'
import type { Interchange } from '../../nodes/interchange.ts'

/** Milliseconds after the last event of a connection that never says whether it is idle (docs/contract.md §5). */
const IDLE_AFTER = 120_000
/** Milliseconds between two looks for people whom the other nodes have to know as away. */
const LOOK_EVERY = 5_000
/** Milliseconds for which those of a node that stops count as active: they are about to come to another one. */
const GRACE = 10_000

/** How a connection is used. `said` is what it has said of itself; `lastAt` is of its last event, by the monotonic clock. */
export type Activity = { said: 'idle' | 'active' | null; lastAt: number }

type Parts = { clock: Clock; interchange: Interchange }

/**
 * Tells who is away: whoever uses none of their tabs, on any node. A tab that is open but unused makes nobody present.
 */
export function createAway({ clock, interchange }: Parts) {
  /** How the connections of each person on this node are used. */
  const here = new Map<string, Set<Activity>>()
  /** Whom each other node knows as active. */
  const elsewhere = new Map<string, Set<string>>()
  /** Whom the other nodes know as active here. */
  const told = new Set<string>()

  const isIdle = ({ said, lastAt }: Activity): boolean =>
    said === null ? clock.monotonic() - lastAt >= IDLE_AFTER : said === 'idle'

  const isActiveHere = (id: string): boolean =>
    [...(here.get(id) ?? [])].some((activity) => !isIdle(activity))

  /** Tells the other nodes where somebody has become active or away here. */
  function share(ids: Iterable<string>): void {
    if (!interchange.isShared) return
    const [active, away]: [string[], string[]] = [[], []]
    for (const id of ids) {
      const isActive = isActiveHere(id)
      if (isActive === told.has(id)) continue
      if (isActive) told.add(id)
      else told.delete(id)
      ;(isActive ? active : away).push(id)
    }
    if (active.length + away.length > 0) interchange.send('active', { active, away })
  }

  function lookRegularly(): void {
    share([...told])
    clock.after(LOOK_EVERY, lookRegularly)
  }
  if (interchange.isShared) clock.after(LOOK_EVERY, lookRegularly)

  interchange.on('active', ({ isAll, active, away }, node) => {
    const people = (isAll ? null : elsewhere.get(node)) ?? new Set()
    elsewhere.set(node, people)
    for (const id of active) people.add(id)
    for (const id of away) people.delete(id)
  })
  interchange.onMeeting(() => void interchange.send('active', { isAll: true, active: [...told], away: [] }))
  interchange.onGone((node, hasStopped) => {
    if (hasStopped) clock.after(GRACE, () => elsewhere.delete(node))
    else elsewhere.delete(node)
  })

  return {
    /** The use of a new connection. */
    begin: (): Activity => ({ said: null, lastAt: clock.monotonic() }),

    opened(id: string, activity: Activity): void {
      here.set(id, (here.get(id) ?? new Set()).add(activity))
      share([id])
    },

    closed(id: string, activity: Activity): void {
      const all = here.get(id)
      all?.delete(activity)
      if (all?.size === 0) here.delete(id)
      share([id])
    },

    /** The connection has sent something, and perhaps says that it is idle or no longer. */
    acted(id: string | null, activity: Activity, said: Activity['said'] = activity.said): void {
      const wasIdle = isIdle(activity)
      activity.said = said
      activity.lastAt = clock.monotonic()
      if (id !== null && isIdle(activity) !== wasIdle) share([id])
    },

    isIdle,

    /** Whether somebody uses no tab: none is open, or all are idle. */
    isAway: (id: string): boolean =>
      !isActiveHere(id) && ![...elsewhere.values()].some((people) => people.has(id)),
  }
}

export type Away = ReturnType<typeof createAway>
