import type { Clock } from '../../clock.ts'
import { networkOf, siteOf } from '../../http/network-address.ts'
import { type Share, unshared } from '../../nodes/tallies.ts'

/** A request for a new identity, `at` by the monotonic clock. */
export type Attempt = { at: number }

/** The window in milliseconds. */
const WINDOW = 60_000
/** New identities in the window that are normal; more are a raid. */
const USUAL = 30
/** So many requests within so many milliseconds are a raid too, because ordinary visitors do not arrive all at once. */
const AT_ONCE = { count: 12, within: 2_000 }
/** The most requests of one address that count for its own site; `LIMIT_JOINS` limits a single address. */
const OF_ONE_ADDRESS = 5
/** The most requests of one site that count for everybody. */
const OF_ONE_SITE = 5
/** The highest level, at 16 times the threshold. It bounds the work demanded and the requests in memory. */
const LEVEL_MAX = 5
const REMEMBERED_MAX = USUAL * 2 ** (LEVEL_MAX - 1)

/**
 * The pressure of new identities: 0 is none, 1 begins at 30 a minute or 12 at once, and each doubling of the 30 adds
 * one.
 */
export function levelOf(attempts: readonly Attempt[], now: number): number {
  const within = (time: number) => attempts.filter(({ at }) => at > now - time).length
  const recent = within(WINDOW)
  if (recent < USUAL) return within(AT_ONCE.within) < AT_ONCE.count ? 0 : 1
  return Math.min(LEVEL_MAX, 1 + Math.floor(Math.log2(recent / USUAL)))
}

/** A request for a new identity: its address, or null if unknown, and whether it had a proof of work. */
type Newcomer = Attempt & { from: string | null; isProved: boolean }
/** The requests of one site in the window: all of them, and the last few admitted. */
type Site = { asked: Newcomer[]; admitted: Newcomer[] }

/**
 * Counts the requests for new identities, including those refused for a missing proof, so that the pressure lasts as
 * long as a raid.
 * A request is free, and a rented machine has thousands of IPv6 addresses, so pressure is counted by site: an IPv6
 * /48 or IPv4 /24. For everybody, a site counts once for all its refused requests. An IPv6 /48, which belongs to one
 * customer, also counts once for those admitted without a proof; an IPv4 /24, which strangers share, up to five
 * times. For its own site, each address counts up to five times, admitted or not, so that a site has to give the
 * proof that its own raid requires.
 */
export function createJoinPressure({ clock, share = unshared }: { clock: Clock; share?: Share }) {
  /** The sites in the order of their last request, the oldest first. */
  const sites = new Map<string, Site>()

  const recent = (newcomers: Newcomer[]): Newcomer[] =>
    newcomers.filter(({ at }) => at > clock.monotonic() - WINDOW)

  /** Returns the requests of a site that count for everybody. */
  const shareOf = ({ asked, admitted }: Site): Attempt[] => {
    const share = recent(admitted).slice(-OF_ONE_SITE)
    return share.length > 0 ? share : asked.slice(-1)
  }

  function remember(name: string, site: Site): void {
    sites.delete(name)
    sites.set(name, site)
    const [oldest = ''] = sites.keys()
    if (sites.size > REMEMBERED_MAX) sites.delete(oldest)
  }

  const siteNameOf = (address: string | null): string => (address === null ? '' : siteOf(address))

  /** Notes a request as admitted; the caller corrects that by the returned functions. */
  function noticed(address: string | null) {
    const name = siteNameOf(address)
    const newcomer: Newcomer = {
      at: clock.monotonic(),
      from: address && networkOf(address),
      isProved: false,
    }
    const { asked, admitted } = sites.get(name) ?? { asked: [], admitted: [] }
    const site = { asked: [...makeRoomFor(newcomer, recent(asked)), newcomer], admitted: recent(admitted) }
    if (name.endsWith('::/48')) site.admitted = site.admitted.filter(({ isProved }) => isProved)
    site.admitted = [...site.admitted.slice(-OF_ONE_SITE), newcomer]
    remember(name, site)
    return {
      /** Marks the request as not admitted, for want of a proof. */
      held: (): void => void (site.admitted = site.admitted.filter((one) => one !== newcomer)),

      /** Marks the request as admitted with a proof. */
      proved(): void {
        newcomer.isProved = true
        sites.get(name)?.admitted.push(newcomer)
      },
    }
  }

  /** The last requests of other nodes that were held, by address: some of them are proved a moment later. */
  const held = new Map<string, ReturnType<typeof noticed>>()
  const tell = share((key, count) => {
    const [outcome, from = ''] = key.split(' ')
    for (let left = Math.min(count, OF_ONE_ADDRESS); left > 0; left--) {
      if (outcome === 'proved') held.get(from)?.proved()
      else if (outcome === 'admitted') noticed(from || null)
      else {
        const newcomer = noticed(from || null)
        newcomer.held()
        held.delete(from)
        held.set(from, newcomer)
        const [oldest = ''] = held.keys()
        if (held.size > REMEMBERED_MAX) held.delete(oldest)
      }
    }
  })

  return {
    /** Returns the level for an address: that of all sites or that of its own, whichever is higher. */
    level(address: string | null): number {
      const ofAll = levelOf([...sites.values()].flatMap(shareOf), clock.monotonic())
      return Math.max(ofAll, levelOf(sites.get(siteNameOf(address))?.asked ?? [], clock.monotonic()))
    },

    /** Notes a request as admitted, here and on the other nodes; the caller corrects that by the returned functions. */
    noticed(address: string | null) {
      const newcomer = noticed(address)
      tell(`admitted ${address ?? ''}`, 1)
      return {
        held(): void {
          newcomer.held()
          tell(`admitted ${address ?? ''}`, -1)
          tell(`held ${address ?? ''}`, 1)
        },

        proved(): void {
          newcomer.proved()
          tell(`proved ${address ?? ''}`, 1)
        },
      }
    },

    /** The number of sites in memory; for tests. */
    size: (): number => sites.size,
  }
}

export type JoinPressure = ReturnType<typeof createJoinPressure>

/** Returns the requests without the earliest of the newcomer's address, if that address has reached its maximum. */
function makeRoomFor({ from }: Newcomer, asked: Newcomer[]): Newcomer[] {
  const same = from === null ? [] : asked.filter((one) => one.from === from)
  const surplus = same.length >= OF_ONE_ADDRESS ? same[0] : undefined
  return asked.filter((one) => one !== surplus).slice(1 - REMEMBERED_MAX)
}
