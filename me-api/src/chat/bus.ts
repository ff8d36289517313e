import type { Change } from '../contract/index.ts'

/**
 * Carries each committed Change to all who pass it on. It is only a wake-up: what is lost here is revealed by the
 * next Change's `from`, and read from the database.
 */
export type Bus = {
  publish(change: Change): void
  subscribe(reader: (change: Change) => void): void
}

/** The bus of a single process. */
export function createLocalBus(): Bus {
  const readers = new Set<(change: Change) => void>()
  return {
    publish: (change) => readers.forEach((read) => read(change)),
    subscribe: (reader) => void readers.add(reader),
  }
}
