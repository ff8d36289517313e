import { safeStorage } from '../browser-storage.ts'
import { sessionOutbox } from './outbox-storage.ts'
import { createWriting, type Link } from './writing.ts'

/** The writer's half with this browser's parts. */
export const openWriting = (link: Link) =>
  createWriting({ ...link, storage: sessionOutbox(safeStorage(() => sessionStorage)) })
