import { randomInt } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { rateLimited } from '../../errors.ts'
import { fingerprintOf } from './text-fingerprint.ts'

/** Milliseconds that count as at once. */
const WINDOW = 60_000
/** People who may say alike things at once, each as often as they like; for a short text more, as it says little. */
const PEOPLE = { long: 12, short: 30 }
/** Traits remembered at once; beyond them those longest unused are forgotten. */
const REMEMBERED_MAX = 10_000

type Use = { by: string; at: number }

/**
 * Holds back what is said by more people at once than say the same by chance. Who says it is only told by when: a wave
 * of new identities, or of old ones, with one text and small changes to it. What was refused counts on, so that a flood
 * is held for as long as it comes.
 */
export function createDuplicateFloods({ clock, seed = randomInt(2 ** 32) }: { clock: Clock; seed?: number }) {
  /** Who has said something of that trait lately, each once, the latest last. */
  const usesOf = new Map<number, Use[]>()

  /** Milliseconds until one more may say something of that trait. */
  function note(trait: number, by: string, people: number): number {
    const now = clock.now()
    const others = (usesOf.get(trait) ?? []).filter((use) => use.at > now - WINDOW && use.by !== by)
    usesOf.delete(trait)
    usesOf.set(trait, [...others.slice(-people), { by, at: now }])
    const inTheWay = others.at(-people)
    return inTheWay ? inTheWay.at + WINDOW - now : 0
  }

  function forget(): void {
    for (const [trait, uses] of usesOf) {
      if (usesOf.size <= REMEMBERED_MAX && (uses.at(-1)?.at ?? 0) > clock.now() - WINDOW) return
      usesOf.delete(trait)
    }
  }

  /** @throws {Refusal} RATE_LIMITED, with the seconds until it may be said if nobody else does */
  return function maySay(by: string, text: string): void {
    const fingerprint = fingerprintOf(text, seed)
    if (!fingerprint) return
    const { traits, isLong } = fingerprint
    const waits = traits.map((trait) => note(trait, by, isLong ? PEOPLE.long : PEOPLE.short))
    forget()
    const held = waits.filter((wait) => wait > 0)
    if (2 * held.length <= traits.length) return
    throw rateLimited('Many say the same just now. Wait a little.', Math.max(...held), 'same words')
  }
}

export type DuplicateFloods = ReturnType<typeof createDuplicateFloods>
