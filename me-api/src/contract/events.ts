import { z } from 'zod'
import {
  Change,
  Identity,
  Message,
  MessageChoice,
  MessageDraft,
  MessageEdit,
  NickChoice,
  PresenceChange,
  Reaction,
  RoomEntry,
  RoomExit,
  RoomsUpdate,
  TypingChange,
  TypingState,
  Welcome,
} from './chat.ts'
import type { ErrorCode, Failure } from './errors.ts'
import { Moderation } from './moderation.ts'

/** A message from the server itself; `retryAfter` in seconds. */
export const Notice = z
  .object({
    code: z.enum(['RESTARTING', 'MUTED', 'BANNED', 'SLOW_DOWN']),
    message: z.string(),
    retryAfter: z.number().optional().describe('seconds until it is worth trying again'),
    reason: z.string().optional().describe('why the owner has muted or banned the person'),
  })
  .meta({ id: 'Notice' })
export type Notice = z.infer<typeof Notice>

/** The acknowledgement of every client event. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: Failure }

type ClientEvent = { summary: string; data: z.ZodType; answer: z.ZodType; errors: ErrorCode[] }
type ServerEvent = { summary: string; data: z.ZodType }

/** The codes with which any client event may be refused, in addition to its own. */
export const errorsOfAnyEvent: ErrorCode[] = ['INVALID', 'RATE_LIMITED', 'UNAVAILABLE']

/** The codes with which a connection may be refused. */
export const errorsOfHandshake: ErrorCode[] = [
  'INVALID',
  'NICK_INVALID',
  'NICK_TAKEN',
  'NICK_RESERVED',
  'TOKEN_INVALID',
  'BANNED',
  'RATE_LIMITED',
  'PROOF_REQUIRED',
  'NOT_FOUND',
  'UNAVAILABLE',
]

/** Namespace `/chat`, client → server. The events' reference is generated from this table. */
export const clientEvents = {
  'room:enter': {
    summary:
      'Reads a room from now on: `room:changed` follows without a gap. The answer is what was missed since the cursor `after`, or the latest messages with `reset` where it is null or too far behind.',
    data: RoomEntry,
    answer: Change,
    errors: ['NOT_FOUND'],
  },
  'room:leave': {
    summary: 'Stops reading a room.',
    data: RoomExit,
    answer: z.null(),
    errors: [],
  },
  'message:send': {
    summary:
      'Sends a message. An id that this author has already stored is answered with the stored message, so that it is always safe to send again.',
    data: MessageDraft,
    answer: Message,
    errors: [
      'TOO_LONG',
      'NICK_REQUIRED',
      'MUTED',
      'BANNED',
      'ROOM_LOCKED',
      'LINKS_NOT_YET',
      'NOT_FOUND',
      'CONFLICT',
    ],
  },
  'message:edit': {
    summary: 'Replaces the text of a message. Only its author may.',
    data: MessageEdit,
    answer: Message,
    errors: [
      'TOO_LONG',
      'NICK_REQUIRED',
      'FORBIDDEN',
      'MUTED',
      'BANNED',
      'ROOM_LOCKED',
      'LINKS_NOT_YET',
      'NOT_FOUND',
    ],
  },
  'message:delete': {
    summary: 'Deletes a message. Its author and the owner may.',
    data: MessageChoice,
    answer: Message,
    errors: ['NICK_REQUIRED', 'FORBIDDEN', 'BANNED', 'NOT_FOUND'],
  },
  'message:restore': {
    summary: 'Restores a message that the owner has deleted within the last ten seconds. Only the owner may.',
    data: MessageChoice,
    answer: Message,
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  'message:react': {
    summary: 'Adds a reaction to a message, or takes it back.',
    data: Reaction,
    answer: Message,
    errors: ['TOO_LONG', 'NICK_REQUIRED', 'MUTED', 'BANNED', 'ROOM_LOCKED', 'NOT_FOUND'],
  },
  'nick:set': {
    summary: 'Takes a nick. A reader becomes a visitor by it; the account of a member is renamed.',
    data: NickChoice,
    answer: Identity,
    errors: ['NICK_INVALID', 'NICK_TAKEN', 'NICK_RESERVED', 'MUTED', 'BANNED', 'PROOF_REQUIRED'],
  },
  'typing:set': {
    summary: 'Says that the person is writing in a room, or no longer is.',
    data: TypingState,
    answer: z.null(),
    errors: ['NICK_REQUIRED', 'MUTED', 'BANNED', 'NOT_FOUND'],
  },
  'visitor:moderate': {
    summary:
      'Mutes or bans a person, lifts both (`forgive`), or erases all that they wrote. Only the owner may.',
    data: Moderation,
    answer: z.null(),
    errors: ['TOO_LONG', 'FORBIDDEN', 'NOT_FOUND'],
  },
} satisfies Record<string, ClientEvent>

/** Namespace `/chat`, server → client. The events' reference is generated from this table. */
export const serverEvents = {
  welcome: {
    summary: 'Comes once, first: who the connection belongs to, the rooms, the people and the limits.',
    data: Welcome,
  },
  'room:changed': {
    summary: 'Messages of a room that the connection has entered were sent, edited, deleted or reacted to.',
    data: Change,
  },
  'room:updated': {
    summary: 'A room was made, locked, slowed, renamed or removed: all rooms as they are now.',
    data: RoomsUpdate,
  },
  'presence:changed': {
    summary: 'People came, left or changed their nick. At most one a second.',
    data: PresenceChange,
  },
  'typing:changed': {
    summary: 'Who is writing in a room that the connection has entered. It is over after five seconds.',
    data: TypingChange,
  },
  notice: {
    summary:
      'The server restarts (`RESTARTING`: connect again after `retryAfter` seconds), has muted or banned the person, or closes a connection that does too much (`SLOW_DOWN`).',
    data: Notice,
  },
} satisfies Record<string, ServerEvent>

type ClientTable = typeof clientEvents
type ServerTable = typeof serverEvents

export type ClientEvents = {
  [Name in keyof ClientTable]: (
    data: z.input<ClientTable[Name]['data']>,
    ack: (answer: Ack<z.output<ClientTable[Name]['answer']>>) => void,
  ) => void
}

export type ServerEvents = {
  [Name in keyof ServerTable]: (data: z.output<ServerTable[Name]['data']>) => void
}
