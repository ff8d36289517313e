import type { Clock } from '../clock.ts'
import { networkOf, siteOf } from './address-key.ts'

/** Somebody asked for a new identity: when. */
export type Attempt = { at: number }

/** Milliseconds that are looked back on. */
const WINDOW = 60_000
/** New identities in the window that a house full of guests may need; more are a raid. */
const USUAL = 30
/** Nor do guests come through the door at once, as a raid does: so many within so many milliseconds. */
const AT_ONCE = { count: 12, within: 2_000 }
/** What one address adds at most at its own site: alone it is no raid, and `LIMIT_JOINS` is there for it. */
const OF_ONE_ADDRESS = 5
/** What one site adds at most to what everybody feels. */
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

/** Somebody who asked: from what address, and whether with a proof of work. */
type Newcomer = Attempt & { from: string | null; isProved: boolean }
/** What has come from one site in the window: all who asked, and of those who were let in the last few. */
type Site = { asked: Newcomer[]; letIn: Newcomer[] }

/**
 * Follows how many new identities are asked for, also those refused for want of a proof: a raid that is held lasts.
 *
 * It presses where it comes from. To ask costs nothing, and a rented machine has thousands of IPv6 addresses. So a site
 * counts once for everybody, however often it asks in vain; an IPv6 /48, as it is one customer's, also however often it
 * is let in without a proof, and an IPv4 /24, in which strangers live side by side, up to five times. Within the site
 * each address counts up to five times, let in or not: many identities from one site meet as hard a proof as from many.
 */
export function createPressure({ clock }: { clock: Clock }) {
  /** The longest quiet first. */
  const sites = new Map<string, Site>()

  const recent = (newcomers: Newcomer[]): Newcomer[] =>
    newcomers.filter(({ at }) => at > clock.now() - WINDOW)

  /** What everybody feels of a site. */
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
    /** How hard newcomers press there, on everybody or on their own site. */
    level(address: string | null): number {
      const ofAll = levelOf([...sites.values()].flatMap(shareOf), clock.now())
      return Math.max(ofAll, levelOf(sites.get(nameOf(address))?.asked ?? [], clock.now()))
    },

    /** Somebody asks from there, and is let in, unless what is answered says otherwise. */
    noticed(address: string | null) {
      const name = nameOf(address)
      const newcomer: Newcomer = { at: clock.now(), from: address && networkOf(address), isProved: false }
      const { asked, letIn } = sites.get(name) ?? { asked: [], letIn: [] }
      const site = { asked: [...withRoomFor(newcomer, recent(asked)), newcomer], letIn: recent(letIn) }
      if (name.endsWith('::/48')) site.letIn = site.letIn.filter(({ isProved }) => isProved)
      site.letIn = [...site.letIn.slice(-OF_ONE_SITE), newcomer]
      remember(name, site)
      return {
        /** They are asked for a proof. */
        held: (): void => void (site.letIn = site.letIn.filter((one) => one !== newcomer)),

        /** They gave one. */
        proved(): void {
          newcomer.isProved = true
          sites.get(name)?.letIn.push(newcomer)
        },
      }
    },

    /** How many sites are remembered. */
    size: (): number => sites.size,
  }
}

export type Pressure = ReturnType<typeof createPressure>

/** Those who asked, without the earliest of an address that has its share already; all where none is known. */
function withRoomFor({ from }: Newcomer, asked: Newcomer[]): Newcomer[] {
  const same = from === null ? [] : asked.filter((one) => one.from === from)
  const surplus = same.length >= OF_ONE_ADDRESS ? same[0] : undefined
  return asked.filter((one) => one !== surplus).slice(1 - REMEMBERED_MAX)
}
