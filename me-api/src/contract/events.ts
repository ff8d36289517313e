import type { z } from 'zod'
import type {
  Change,
  Identity,
  Message,
  MessageDraft,
  NickChoice,
  PresenceChange,
  RoomEntry,
  RoomExit,
  Welcome,
} from './chat.ts'
import type { Failure } from './errors.ts'

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
  'nick:set': Event<typeof NickChoice, Identity>
}

/** Namespace `/chat`, server → client. */
export type ServerEvents = {
  welcome: (welcome: Welcome) => void
  'room:changed': (change: Change) => void
  'presence:changed': (change: PresenceChange) => void
  notice: (notice: Failure) => void
}
