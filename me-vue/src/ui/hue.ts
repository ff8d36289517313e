import type { ComputedRef, InjectionKey } from 'vue'

/** Hues that are given out together, by id, so that no two look alike. */
export const HUES: InjectionKey<ComputedRef<ReadonlyMap<string, number>>> = Symbol()

/** Degrees between two hues that nobody takes for one. */
const APART = 25
/** All hues are multiples of this, each with a class in `hues.css`. */
const STEP = 5
/** Near the golden angle, and reaches every hue. */
const NEXT = 145

/** A hue in degrees, always the same for an id (FNV-1a over its code units). */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash >>> 0) % (360 / STEP)) * STEP
}

/**
 * A hue for each id, as far apart as their number allows. An id keeps the hue that it has in `before`; else it gets its
 * own, or if that is too near to another one, the next that is free.
 */
export function distinctHues(
  ids: ReadonlySet<string>,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const hues = new Map([...before].filter(([id]) => ids.has(id)))
  // Everybody blocks twice this angle, so that a free hue is left for the last one.
  const apart = Math.min(APART, 150 / ids.size)
  for (const id of ids) {
    if (hues.has(id)) continue
    const taken = [...hues.values()]
    let hue = hueOf(id)
    for (let tries = 0; tries < 360 && taken.some((other) => angle(hue, other) < apart); tries++)
      hue = (hue + NEXT) % 360
    hues.set(id, hue)
  }
  return hues
}

const angle = (a: number, b: number) => Math.min(Math.abs(a - b), 360 - Math.abs(a - b))
