import type { Clock } from '../../clock.ts'
import { rateLimited } from '../../errors.ts'
import { type Share, unshared } from '../../nodes/tallies.ts'
import { fingerprintOf } from './text-fingerprint.ts'

/** The window in milliseconds. */
const WINDOW = 60_000
/**
 * People who may send similar texts within the window, each as often as they like; more for a short text, which is
 * more likely a coincidence.
 */
const PEOPLE = { long: 12, short: 30 }
/** The most traits in memory; beyond them the least recently used are dropped. */
const REMEMBERED_MAX = 10_000

type Use = { by: string; at: number }

/** `seed` is secret, and the same on all nodes. */
type Parts = { clock: Clock; seed: number; share?: Share }

/**
 * Refuses a text that more people send within a minute than a coincidence explains: a raid of new or old identities
 * with one text and small variations. Refused attempts count too, so that the refusal lasts as long as the flood.
 */
export function createDuplicateFloods({ clock, seed, share = unshared }: Parts) {
  /** The people who recently sent a text with a trait, each once, the latest last. */
  const usesOf = new Map<number, Use[]>()

  /** Notes a use of a trait and returns the milliseconds until it is below its limit. */
  function note(trait: number, by: string, isLong: boolean): number {
    const people = isLong ? PEOPLE.long : PEOPLE.short
    const now = clock.monotonic()
    const others = (usesOf.get(trait) ?? []).filter((use) => use.at > now - WINDOW && use.by !== by)
    usesOf.delete(trait)
    usesOf.set(trait, [...others.slice(-people), { by, at: now }])
    const blocking = others.at(-people)
    return blocking ? blocking.at + WINDOW - now : 0
  }

  function forget(): void {
    for (const [trait, uses] of usesOf) {
      if (usesOf.size <= REMEMBERED_MAX && (uses.at(-1)?.at ?? 0) > clock.monotonic() - WINDOW) return
      usesOf.delete(trait)
    }
  }

  const tell = share((key) => {
    const [by = '', length, ...traits] = key.split(' ')
    for (const trait of traits) note(Number(trait), by, length === 'long')
    forget()
  })

  /** @throws {Refusal} RATE_LIMITED, with the seconds until the text is accepted if nobody else sends it */
  return function maySay(by: string, text: string): void {
    const fingerprint = fingerprintOf(text, seed)
    if (!fingerprint) return
    const { traits, isLong } = fingerprint
    const waits = traits.map((trait) => note(trait, by, isLong))
    forget()
    tell([by, isLong ? 'long' : 'short', ...traits].join(' '), 1)
    const blocked = waits.filter((wait) => wait > 0)
    if (2 * blocked.length <= traits.length) return
    throw rateLimited(
      'Many people are sending the same text. Please wait.',
      Math.max(...blocked),
      'same words',
    )
  }
}
