import type { z } from 'zod'
import type {
  Change,
  Identity,
  Message,
  MessageChoice,
  MessageDraft,
  MessageEdit,
  NickChoice,
  PresenceChange,
  Reaction,
  Room,
  RoomEntry,
  RoomExit,
  TypingChange,
  TypingState,
  Welcome,
} from './chat.ts'
import type { Moderation } from './moderation.ts'
import type { Failure } from './errors.ts'

/** What the server says on its own account; `retryAfter` in seconds. */
export type Notice = {
  code: 'RESTARTING' | 'MUTED' | 'BANNED' | 'SLOW_DOWN'
  message: string
  retryAfter?: number
  /** Why the owner has muted or banned one. */
  reason?: string
}

/** How every client event is acknowledged. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: Failure }

type Event<Schema extends z.ZodType, Answer> = (
  data: z.input<Schema>,
  ack: (answer: Ack<Answer>) => void,
) => void

/** Namespace `/chat`, client → server. */
export type ClientEvents = {
  'room:enter': Event<typeof RoomEntry, Change>
  'room:leave': Event<typeof RoomExit, null>
  'message:send': Event<typeof MessageDraft, Message>
  'message:edit': Event<typeof MessageEdit, Message>
  'message:delete': Event<typeof MessageChoice, Message>
  'message:restore': Event<typeof MessageChoice, Message>
  'message:react': Event<typeof Reaction, Message>
  'nick:set': Event<typeof NickChoice, Identity>
  'typing:set': Event<typeof TypingState, null>
  'visitor:moderate': Event<typeof Moderation, null>
}

/** Namespace `/chat`, server → client. */
export type ServerEvents = {
  welcome: (welcome: Welcome) => void
  'room:changed': (change: Change) => void
  'room:updated': (update: { rooms: Room[] }) => void
  'presence:changed': (change: PresenceChange) => void
  'typing:changed': (change: TypingChange) => void
  notice: (notice: Notice) => void
}
