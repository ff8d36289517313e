import type { Change } from '../../contract/index.ts'
import { createSignal } from '../signals.ts'

/**
 * Carries each committed Change to all who pass it on. It is only a wake-up: what is lost here is revealed by the
 * next Change's `from`, and read from the database.
 */
export type Bus = {
  /** Never throws, as the Change is stored even where a subscriber fails. */
  publish(change: Change): void
  subscribe(subscriber: (change: Change) => void): void
}

/** The bus of a single process. `onFault` gets what a subscriber throws; the others still get the Change. */
export function createLocalBus(onFault: (error: unknown) => void): Bus {
  const { emit, subscribe } = createSignal<Change>(onFault)
  return { publish: emit, subscribe }
}
