import type { Clock } from '../clock.ts'
import type { Interchange } from './interchange.ts'

/** Milliseconds in which counts share a message: by so much may all nodes together exceed a limit. */
const EVERY = 20
/** Keys in one message; more are sent at once. */
const KEYS_MAX = 1_000
/** The longest key that is told: an e-mail has 254 characters, the traits of a text less than a hundred. */
const KEY_MAX = 400

/** `isAnew` means that what was counted of the key before is forgotten. */
type Counted = (key: string, points: number, isAnew: boolean) => void
/** Joins a count with those of the other nodes: `heard` receives what they count; the answer tells them. */
export type Share = (heard: Counted) => (key: string, points: number, isAnew?: boolean) => void

/** The share of a count that no other node has. */
export const unshared: Share = () => () => {}

export type Tallies = {
  /** The share of the count with this name. */
  of: (name: string) => Share
}

export const noTallies: Tallies = { of: () => unshared }

/**
 * What each node counts, told to the others. Every node counts what it hears as if it had been counted here, so that a
 * limit is one for all nodes; without Redis it is one for each.
 */
export function createTallies({ interchange, clock }: { interchange: Interchange; clock: Clock }): Tallies {
  const counts = new Map<string, Counted>()
  let pending = new Map<string, { name: string; key: string; points: number; isAnew: boolean }>()
  let cancel: (() => void) | null = null

  function send(): void {
    cancel?.()
    cancel = null
    const told = [...pending.values()].filter(({ points, isAnew }) => points !== 0 || isAnew)
    pending = new Map()
    if (told.length === 0) return
    interchange.send(
      'counted',
      told.map(({ name, key, points, isAnew }) => [name, key, points, isAnew]),
    )
  }

  function tell(name: string, key: string, points: number, isAnew: boolean): void {
    if (key.length > KEY_MAX) return
    const place = `${name} ${key}`
    const before = isAnew ? undefined : pending.get(place)
    pending.set(place, {
      name,
      key,
      points: (before?.points ?? 0) + points,
      isAnew: isAnew || (before?.isAnew ?? false),
    })
    if (pending.size >= KEYS_MAX) send()
    else cancel ??= clock.after(EVERY, send)
  }

  interchange.on('counted', (told) => {
    for (const [name, key, points, isAnew] of told) counts.get(name)?.(key, points, isAnew)
  })

  return {
    of: (name) => (heard) => {
      counts.set(name, heard)
      return (key, points, isAnew = false) => tell(name, key, points, isAnew)
    },
  }
}
