import type { Clock } from '../../clock.ts'
import type { Author } from '../../contract/index.ts'
import { rateLimited } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import type { Share } from '../../nodes/tallies.ts'

/**
 * The token bucket of one author, and of one address: its size, and its refill per second, in bytes to each reader.
 * Together they allow less than 20,000 bytes a second over any four seconds.
 */
const AT_ONCE = 20_000
const PER_SECOND = 15_000
/** The most authors and addresses in memory; beyond them the least recently charged are dropped. */
const REMEMBERED_MAX = 50_000

type Parts = {
  clock: Clock
  /** Whether the limit by author and by address is on. */
  byAuthor: boolean
  byAddress: boolean
  share: Share
}

/** Charges the bytes that each reader receives beyond those the writer sent. @throws {Refusal} RATE_LIMITED */
export type Charge = (author: Author, address: string | null, bytes: number) => void

/**
 * Limits the bytes that small writes cause: a reaction of some bytes sends the whole message to each reader again. A
 * message larger than the bucket may be sent again when its author and address owe nothing.
 */
export function createReadersBudget({ clock, byAuthor, byAddress, share }: Parts): Charge {
  /** When each author or address owes nothing again, by the monotonic clock; the least recently charged first. */
  const paidOff = new Map<string, number>()

  function waitFor(key: string, bytes: number): number {
    const owed = Math.max(0, (paidOff.get(key) ?? 0) - clock.monotonic())
    return owed === 0 ? 0 : owed - Math.max(0, millisecondsFor(AT_ONCE - bytes))
  }

  function owe(key: string, bytes: number): void {
    const from = Math.max(clock.monotonic(), paidOff.get(key) ?? 0)
    paidOff.delete(key)
    paidOff.set(key, from + millisecondsFor(bytes))
  }

  /** Drops entries from the front that owe nothing, or are too many. */
  function forget(): void {
    for (const [key, at] of paidOff) {
      if (at > clock.monotonic() && paidOff.size <= REMEMBERED_MAX) return
      paidOff.delete(key)
    }
  }

  const tell = share((key, bytes) => {
    forget()
    owe(key, bytes)
  })

  return function charge({ id, role }, address, bytes) {
    if (role === 'owner') return
    const keys = [
      ...(byAuthor ? [`author ${id}`] : []),
      ...(byAddress && address ? [networkOf(address)] : []),
    ]
    const wait = Math.max(0, ...keys.map((key) => waitFor(key, bytes)))
    if (wait > 0)
      throw rateLimited('You are sending too much data to everybody. Please wait.', wait, 'bytes to readers')
    forget()
    for (const key of keys) {
      owe(key, bytes)
      tell(key, bytes)
    }
  }
}

const millisecondsFor = (bytes: number): number => (1_000 * bytes) / PER_SECOND
