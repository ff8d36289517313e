import type { Change } from '../../contract/index.ts'
import { createSignal } from '../../signal.ts'

/**
 * Delivers each committed Change to its subscribers. Delivery is only a hint: a reader recognises a lost Change by
 * the `from` of the next one and reads the database.
 */
export type Bus = {
  /** Never throws: the Change is stored even when a subscriber fails. */
  publish(change: Change): void
  subscribe(subscriber: (change: Change) => void): void
}

/** A Change that says only how far a room has come: whoever lacks what it follows reads it. */
export const upTo = (room: string, rev: number): Change => ({ room, from: rev, to: rev, messages: [] })

/**
 * The bus of a single process. `onFault` receives what a subscriber throws; the other subscribers still receive the
 * Change.
 */
export function createLocalBus(onFault: (error: unknown) => void): Bus {
  const { emit, subscribe } = createSignal<Change>(onFault)
  return { publish: emit, subscribe }
}
