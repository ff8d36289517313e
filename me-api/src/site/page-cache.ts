import type { Clock } from '../clock.ts'

/**
 * Caches what is derived from the owner's pages until one of them changes, as this process knows by writing them, or
 * hears from other nodes.
 */
export function createPageCache(clock: Clock) {
  let cache = new Map<string, { made: Promise<unknown>; source: unknown }>()
  let changedAt = clock.now()

  return {
    /**
     * Returns the cached result of `make`, which is called again after a change or a failure, and where it was made of
     * another `source`.
     */
    get<Page>(name: string, make: () => Promise<Page>, source?: unknown): Promise<Page> {
      const current = cache
      const cached = current.get(name)
      if (cached && cached.source === source) return cached.made as Promise<Page>
      const made = make()
      current.set(name, { made, source })
      made.catch(() => current.get(name)?.made === made && current.delete(name))
      return made
    },

    /** Empties the cache; called after a page was written or removed. */
    changed(): void {
      cache = new Map()
      const now = clock.now()
      // `Last-Modified` goes on also where the system's time was set back.
      changedAt = now > changedAt ? now : changedAt + 1_000
    },

    /** Returns when a page last changed, or when this process started, in milliseconds since 1970. */
    changedAt: (): number => changedAt,
  }
}

export type PageCache = ReturnType<typeof createPageCache>
