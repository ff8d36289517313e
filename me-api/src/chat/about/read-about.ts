import type { AboutPage, Person } from '../../contract/index.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { AboutStore } from './about.store.ts'

type Parts = { store: Pick<AboutStore, 'read'>; rooms: Pick<Rooms, 'readableBy'> }

/** Messages of a page to read: those that arrived before the message `before`, or the newest. */
type Wanted = { path: string; before?: string | undefined; limit: number }

/** Reads what is said about a page, in the rooms that a person may read; `by` is null for a reader without a nick. */
export const createAboutReader = ({ store, rooms }: Parts) =>
  async function readAbout(by: Person | null, { path, before, limit }: Wanted): Promise<AboutPage> {
    return store.read(path, await rooms.readableBy(by), before ?? null, limit)
  }

export type ReadAbout = ReturnType<typeof createAboutReader>
