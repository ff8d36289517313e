import { z } from 'zod'
import {
  Change,
  IdleState,
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
  RoomsUpdate,
  TypingChange,
  TypingState,
  Welcome,
} from './chat.ts'
import { ConversationChange, ConversationChoice } from './conversations.ts'
import type { ErrorCode, Failure } from './errors.ts'
import { Moderation } from './moderation.ts'

/** A message from the server itself; `retryAfter` in seconds. */
export const Notice = z
  .object({
    code: z.enum(['RESTARTING', 'MUTED', 'BANNED', 'SLOW_DOWN']),
    message: z.string(),
    retryAfter: z.number().optional().describe('seconds until a retry can succeed'),
    reason: z.string().optional().describe('why the owner has muted or banned the person'),
  })
  .meta({ id: 'Notice' })
export type Notice = z.infer<typeof Notice>

/** The acknowledgement of every client event. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: Failure }

type ClientEvent = { summary: string; data: z.ZodType; answer: z.ZodType; errors: ErrorCode[] }
/** Events from the server to its clients, by their names. */
export type ServerTable = Record<string, { summary: string; data: z.ZodType }>

/**
 * The codes with which any client event may be refused, in addition to its own; TOKEN_INVALID where the account was
 * deleted, or the bot removed, meanwhile.
 */
export const errorsOfAnyEvent: ErrorCode[] = ['INVALID', 'RATE_LIMITED', 'TOKEN_INVALID', 'UNAVAILABLE']

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
      'Reads a room from now on: `room:changed` follows without a gap. The answer contains the changes since the cursor `after`, or the latest messages with `reset` if `after` is null or too far behind.',
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
      'Sends a message. If this author has already stored a message with the id, the answer is that message, so it is always safe to send again. FORBIDDEN: a bot is kept out of the room.',
    data: MessageDraft,
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
    summary: 'Adds a reaction to a message, or removes it. FORBIDDEN: a bot is kept out of the room.',
    data: Reaction,
    answer: Message,
    errors: ['TOO_LONG', 'NICK_REQUIRED', 'FORBIDDEN', 'MUTED', 'BANNED', 'ROOM_LOCKED', 'NOT_FOUND'],
  },
  'nick:set': {
    summary:
      'Chooses a nick. A reader becomes a visitor; the account of a member gets the new nick. FORBIDDEN: the owner chooses that of a bot.',
    data: NickChoice,
    answer: Identity,
    errors: ['NICK_INVALID', 'NICK_TAKEN', 'NICK_RESERVED', 'FORBIDDEN', 'MUTED', 'BANNED', 'PROOF_REQUIRED'],
  },
  'typing:set': {
    summary: 'Says that the person is writing in a room, or no longer is.',
    data: TypingState,
    answer: z.null(),
    errors: ['NICK_REQUIRED', 'FORBIDDEN', 'MUTED', 'BANNED', 'NOT_FOUND'],
  },
  'presence:idle': {
    summary:
      'Says that nobody uses this tab (no pointer, key, scroll or focus for two minutes), or that somebody does again. A connection that never says so is idle two minutes after its last event. An idle connection reads no private words.',
    data: IdleState,
    answer: z.null(),
    errors: [],
  },
  'conversation:open': {
    summary:
      'Opens the private conversation with the owner, or begins it; the owner says with whom. Its messages are those of a room of that name.',
    data: ConversationChoice,
    answer: Room,
    errors: ['NICK_REQUIRED', 'FORBIDDEN', 'NO_OWNER', 'MUTED', 'BANNED', 'NOT_FOUND'],
  },
  'visitor:moderate': {
    summary:
      'Mutes or bans a person, lifts both (`forgive`), or erases all their messages. Only the owner may.',
    data: Moderation,
    answer: z.null(),
    errors: ['TOO_LONG', 'FORBIDDEN', 'PASSWORD_REQUIRED', 'NOT_FOUND'],
  },
} satisfies Record<string, ClientEvent>

/** Namespace `/chat`, server → client. The events' reference is generated from this table. */
export const serverEvents = {
  welcome: {
    summary:
      'The first event, sent once: the identity of the connection, the rooms, the people and the limits.',
    data: Welcome,
  },
  'room:changed': {
    summary: 'Messages of a room that the connection has entered were sent, edited, deleted or reacted to.',
    data: Change,
  },
  'room:updated': {
    summary:
      'A room was created, locked, put in slow mode, renamed or removed. Contains all rooms as they are now.',
    data: RoomsUpdate,
  },
  'presence:changed': {
    summary: 'People came, left or changed their nick. At most one a second.',
    data: PresenceChange,
  },
  'typing:changed': {
    summary:
      'The people who are writing in a room that the connection has entered. The state expires after five seconds.',
    data: TypingChange,
  },
  'conversation:changed': {
    summary:
      'A private conversation of this person was begun, has new or changed messages, was read elsewhere, or was removed (`gone`). Sent to its two people alone.',
    data: ConversationChange,
  },
  notice: {
    summary:
      'The server restarts (`RESTARTING`: connect again after `retryAfter` seconds), has muted or banned the person, or closes a connection that sends too many events (`SLOW_DOWN`).',
    data: Notice,
  },
} satisfies ServerTable

type ClientTable = typeof clientEvents

export type ClientEvents = {
  [Name in keyof ClientTable]: (
    data: z.input<ClientTable[Name]['data']>,
    ack: (answer: Ack<z.output<ClientTable[Name]['answer']>>) => void,
  ) => void
}

/** Socket.IO's type of a table of events from the server. */
export type EventsOf<Table extends ServerTable> = {
  [Name in keyof Table]: (data: z.output<Table[Name]['data']>) => void
}

export type ServerEvents = EventsOf<typeof serverEvents>
