import type { Clock } from '../clock.ts'

/**
 * What is made of the owner's pages, once for all who ask until one of the pages changes. This process alone writes
 * them, so that it knows when.
 */
export function createKeptPages(clock: Clock) {
  let kept = new Map<string, Promise<unknown>>()
  let changedAt = clock.now()

  return {
    /** What `make` has made under that name since the last change. What failed is made anew for who asks next. */
    get<Page>(name: string, make: () => Promise<Page>): Promise<Page> {
      const ours = kept
      const known = ours.get(name) as Promise<Page> | undefined
      if (known) return known
      const made = make()
      ours.set(name, made)
      made.catch(() => ours.delete(name))
      return made
    },

    /** A page was written or removed. */
    changed(): void {
      kept = new Map()
      changedAt = clock.now()
    },

    /** When a page last changed, or may have before this process began; milliseconds since 1970. */
    changedAt: (): number => changedAt,
  }
}

export type KeptPages = ReturnType<typeof createKeptPages>
