import type { Message } from 'me-api/contract'

/** What each reader of the room is given. */
export type Page = {
  room: string
  /** The reader begins after this change of the room: its first cursor (docs/contract.md, §4). */
  after: number
  /** Messages have arrived. */
  onMessages: (messages: Message[]) => void
  /** The reader is connected, and has asked for all that changed after its cursor; without a cursor it asks for nothing. */
  onOpen: (cursor?: number) => void
  /** It is not connected any more, or could not connect, and tries again by itself. */
  onLost: (why?: 'refused') => void
}

/** `close` ends all that `open` has begun; the cursor stays, so that `open` goes on from there. */
export type Reader = { open: () => void; close: () => void }
