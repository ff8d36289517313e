import type { Clock } from '../../clock.ts'
import { networkOf, siteOf } from '../../http/network-address.ts'

/** When somebody asked for a new identity, in milliseconds since 1970. */
export type Attempt = { at: number }

/** Milliseconds that are looked back on. */
const WINDOW = 60_000
/** New identities in the window that a house full of guests may need; more are a raid. */
const USUAL = 30
/** Nor do guests come through the door at once, as a raid does: so many within so many milliseconds. */
const AT_ONCE = { count: 12, within: 2_000 }
/** Requests of one address that count at its own site at most; `LIMIT_JOINS` limits a single address. */
const OF_ONE_ADDRESS = 5
/** Requests of one site that count for everybody at most. */
const OF_ONE_SITE = 5
/** With 16 times the threshold it is hard enough; and no more needs to be remembered. */
const LEVEL_MAX = 5
const REMEMBERED_MAX = USUAL * 2 ** (LEVEL_MAX - 1)

/**
 * How hard newcomers press: 0 not at all, 1 from 30 new identities a minute on, or 12 at once, and one more for each
 * doubling of the 30.
 */
export function levelOf(attempts: readonly Attempt[], now: number): number {
  const within = (time: number) => attempts.filter(({ at }) => at > now - time).length
  const recent = within(WINDOW)
  if (recent < USUAL) return within(AT_ONCE.within) < AT_ONCE.count ? 0 : 1
  return Math.min(LEVEL_MAX, 1 + Math.floor(Math.log2(recent / USUAL)))
}

/** A request for a new identity: its address, null where it is not known, and whether it had a proof of work. */
type Newcomer = Attempt & { from: string | null; isProved: boolean }
/** The requests of one site in the window: all of them, and the last few that were let in. */
type Site = { asked: Newcomer[]; letIn: Newcomer[] }

/**
 * Counts the requests for new identities, also those refused for want of a proof, so that pressure lasts as long as a
 * raid does.
 *
 * A request is free and a rented machine has thousands of IPv6 addresses, so pressure is counted by site, an IPv6 /48 or
 * IPv4 /24. For everybody, a site counts once for all its refused requests. An IPv6 /48, which belongs to one customer,
 * also counts once for those let in without a proof; an IPv4 /24, which strangers share, up to five times. For its own
 * site, each address counts up to five times, let in or not, so that a site meets the proof that its own raid calls for.
 */
export function createJoinPressure({ clock }: { clock: Clock }) {
  /** The site whose last request is the oldest comes first. */
  const sites = new Map<string, Site>()

  const recent = (newcomers: Newcomer[]): Newcomer[] =>
    newcomers.filter(({ at }) => at > clock.now() - WINDOW)

  /** The requests of a site that count for everybody. */
  const shareOf = ({ asked, letIn }: Site): Attempt[] => {
    const share = recent(letIn).slice(-OF_ONE_SITE)
    return share.length > 0 ? share : asked.slice(-1)
  }

  function remember(name: string, site: Site): void {
    sites.delete(name)
    sites.set(name, site)
    const [quietest = ''] = sites.keys()
    if (sites.size > REMEMBERED_MAX) sites.delete(quietest)
  }

  const nameOf = (address: string | null): string => (address === null ? '' : siteOf(address))

  return {
    /** The level at an address: that of all sites or of its own, whichever is higher. */
    level(address: string | null): number {
      const ofAll = levelOf([...sites.values()].flatMap(shareOf), clock.now())
      return Math.max(ofAll, levelOf(sites.get(nameOf(address))?.asked ?? [], clock.now()))
    },

    /** Notes a request for a new identity, as let in until the caller says otherwise by the answer. */
    noticed(address: string | null) {
      const name = nameOf(address)
      const newcomer: Newcomer = { at: clock.now(), from: address && networkOf(address), isProved: false }
      const { asked, letIn } = sites.get(name) ?? { asked: [], letIn: [] }
      const site = { asked: [...withRoomFor(newcomer, recent(asked)), newcomer], letIn: recent(letIn) }
      if (name.endsWith('::/48')) site.letIn = site.letIn.filter(({ isProved }) => isProved)
      site.letIn = [...site.letIn.slice(-OF_ONE_SITE), newcomer]
      remember(name, site)
      return {
        /** The request is not let in without a proof. */
        held: (): void => void (site.letIn = site.letIn.filter((one) => one !== newcomer)),

        /** The request has a proof, and is let in. */
        proved(): void {
          newcomer.isProved = true
          sites.get(name)?.letIn.push(newcomer)
        },
      }
    },

    /** How many sites are remembered; for tests. */
    size: (): number => sites.size,
  }
}

export type JoinPressure = ReturnType<typeof createJoinPressure>

/** The requests without the earliest of the newcomer's address, where that has as many as count already. */
function withRoomFor({ from }: Newcomer, asked: Newcomer[]): Newcomer[] {
  const same = from === null ? [] : asked.filter((one) => one.from === from)
  const surplus = same.length >= OF_ONE_ADDRESS ? same[0] : undefined
  return asked.filter((one) => one !== surplus).slice(1 - REMEMBERED_MAX)
}
