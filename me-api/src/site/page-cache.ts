import type { Clock } from '../clock.ts'

/**
 * Caches what is made of the owner's pages until one of the pages changes. Only this process writes the pages, so it
 * knows when they change.
 */
export function createPageCache(clock: Clock) {
  let kept = new Map<string, Promise<unknown>>()
  let changedAt = clock.now()

  return {
    /** What `make` has made under that name since the last change. After a failure the next call makes it again. */
    get<Page>(name: string, make: () => Promise<Page>): Promise<Page> {
      const ours = kept
      const known = ours.get(name) as Promise<Page> | undefined
      if (known) return known
      const made = make()
      ours.set(name, made)
      made.catch(() => ours.delete(name))
      return made
    },

    /** Empties the cache; called when a page was written or removed. */
    changed(): void {
      kept = new Map()
      changedAt = clock.now()
    },

    /** When a page last changed, or this process began, in milliseconds since 1970. */
    changedAt: (): number => changedAt,
  }
}

export type PageCache = ReturnType<typeof createPageCache>
