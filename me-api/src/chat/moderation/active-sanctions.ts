import type { Clock } from '../../clock.ts'
import type { Notice } from '../../contract/index.ts'
import type { SanctionRow } from '../../db/tables.ts'
import { Refusal } from '../../errors.ts'
import type { Bits } from '../../http/network-address.ts'
import type { AddressHashes, AddressHashesOf } from './address-hash.ts'

/** The number of other banned /64s in a /56 or /48 from which a ban blocks that whole network. */
const WIDENED_BY = { 56: 1, 48: 2 }

/**
 * The mutes and bans in force, for people and addresses. They are held in memory, so that checking a message needs no
 * query; the database keeps them for the next start.
 */
export function createActiveSanctions({
  clock,
  addressHashesOf,
}: {
  clock: Clock
  addressHashesOf: AddressHashesOf
}) {
  /** The sanctions, each with the times at which it was put into force. */
  const byPerson = new Map<string, { row: SanctionRow; now: number; monotonic: number }>()
  /** The banned people by the hash of the blocked network or address. */
  const byNetwork = new Map<string, string[]>()

  /**
   * Returns a person's sanctions. Where the system's time was set back since they were put into force, their ends are
   * too, so that a mute of five minutes still lasts five minutes.
   */
  function of(personId: string): SanctionRow | undefined {
    const known = byPerson.get(personId)
    if (!known) return undefined
    const { row, now, monotonic } = known
    const setBack = Math.max(0, now + (clock.monotonic() - monotonic) - clock.now())
    const ended = (until: number): number => Math.max(0, until - setBack)
    return { ...row, muted_until: ended(row.muted_until), banned_until: ended(row.banned_until) }
  }

  const all = (): SanctionRow[] => [...byPerson.keys()].flatMap((id) => of(id) ?? [])

  /** @throws {Refusal} BANNED, with the seconds until it ends */
  function mayBeHere(personId: string): void {
    const { banned_until = 0, ban_reason } = of(personId) ?? {}
    if (banned_until > clock.now()) throw banned(secondsTo(banned_until), ban_reason)
  }

  /** @throws {Refusal} BANNED, MUTED, with the seconds until it ends */
  function mayWrite(personId: string): void {
    mayBeHere(personId)
    const { muted_until = 0, mute_reason } = of(personId) ?? {}
    if (muted_until > clock.now()) throw muted(secondsTo(muted_until), mute_reason)
  }

  /** Returns the bans in force that block an address. */
  function closing(address: string | null): SanctionRow[] {
    if (byNetwork.size === 0) return []
    return Object.values(addressHashesOf(address) ?? {})
      .flatMap((key) => (key && byNetwork.get(key)) || [])
      .flatMap((id) => of(id) ?? [])
      .filter(({ banned_until }) => banned_until > clock.now())
  }

  /**
   * Checks that no ban blocks new identities from an address.
   * @throws {Refusal} BANNED, with the seconds until it ends
   */
  function mayJoinFrom(address: string | null): void {
    mayPass(closing(address))
  }

  /**
   * Checks that none of the bans is in force. The refusal omits the reason, which concerns another person.
   * @throws {Refusal} BANNED
   */
  function mayPass(bans: SanctionRow[]): void {
    const until = Math.max(0, ...bans.map(({ banned_until }) => banned_until))
    if (until > clock.now()) throw banned(secondsTo(until))
  }

  /**
   * Returns how many bits of an IPv6 address a ban of these identities blocks. The ban blocks a wider network if
   * others from that network are banned already, because they may be one person who changes addresses. An IPv4
   * address is blocked alone.
   */
  function bitsToClose(keys: AddressHashes, ids: ReadonlySet<string>): Bits {
    const others = all().filter(
      (row) =>
        row.banned_until > clock.now() && !ids.has(row.person_id) && row.address_key !== keys.address_key,
    )
    const near = (column: 'address_key_56' | 'address_key_48'): number =>
      new Set(others.flatMap((row) => (row[column] === keys[column] && row[column] ? row.address_key : [])))
        .size
    if (near('address_key_48') >= WIDENED_BY[48]) return 48
    return near('address_key_56') >= WIDENED_BY[56] ? 56 : 64
  }

  function sortByNetwork(): void {
    byNetwork.clear()
    for (const row of all()) {
      const key = closedBy(row)
      if (key && row.banned_until > clock.now())
        byNetwork.set(key, [...(byNetwork.get(key) ?? []), row.person_id])
    }
  }

  /** Puts sanctions into force, and drops those that have ended. */
  function apply(sanctions: SanctionRow[]): void {
    const [now, monotonic] = [clock.now(), clock.monotonic()]
    for (const row of sanctions) byPerson.set(row.person_id, { row, now, monotonic })
    for (const { person_id, muted_until, banned_until } of all())
      if (Math.max(muted_until, banned_until) <= now) byPerson.delete(person_id)
    sortByNetwork()
  }

  const secondsTo = (time: number): number => Math.ceil((time - clock.now()) / 1_000)

  return {
    mayBeHere,
    mayWrite,
    mayJoinFrom,
    mayPass,
    closing,
    bitsToClose,

    of,
    /** Returns all as they were put into force, whatever has happened to the system's time since. */
    rows: (): SanctionRow[] => [...byPerson.values()].map(({ row }) => row),

    /** Returns the notice for a person who has just connected, so that they know before they write. */
    noticeFor(personId: string): Notice | null {
      const { muted_until = 0, mute_reason } = of(personId) ?? {}
      return muted_until > clock.now() ? noticeOf(muted(secondsTo(muted_until), mute_reason)) : null
    },

    /** Puts these sanctions into force in place of all others. */
    replace(all: SanctionRow[]): void {
      byPerson.clear()
      apply(all)
    },

    apply,
  }
}

export type ActiveSanctions = ReturnType<typeof createActiveSanctions>

export const noticeOf = (refusal: Refusal): Notice => refusal.toFailure() as Notice
export const banned = (retryAfter: number, reason: string | null = null) =>
  new Refusal('BANNED', 'You are banned from the chat.', { retryAfter, reason })
export const muted = (retryAfter: number, reason: string | null = null) =>
  new Refusal('MUTED', 'You are muted.', { retryAfter, reason })

/** Returns the hash of the network or address that a ban blocks. */
function closedBy(row: SanctionRow): string | null {
  const wide =
    row.closed_bits === 48 ? row.address_key_48 : row.closed_bits === 56 ? row.address_key_56 : null
  return wide ?? row.address_key
}
