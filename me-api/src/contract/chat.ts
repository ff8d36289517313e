import { z } from 'zod'
import { About, AboutDraft } from './about.ts'
import { Role } from './accounts.ts'
import { TEXT_MAX } from './limits.ts'
import { Proof } from './proof.ts'
import { trimmedText } from './text.ts'

/** The name of a room that the owner has made; every room has such a name but private conversations and the lesson's. */
export const OpenRoomName = z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1–32 of a–z, 0–9 and -')

export const RoomName = z
  .string()
  .regex(
    /^(?:[a-z0-9-]{1,32}|~[a-z0-9-]{22,31}|~lesson)$/,
    'must be 1–32 of a–z, 0–9 and -, or of a private conversation ~ and 22–31 of them, or ~lesson',
  )

/** A person in the chat; `nick` is null until one is chosen. */
export const Person = z
  .object({ id: z.string(), nick: z.string().nullable(), role: Role })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

export const Room = z
  .object({
    name: RoomName,
    kind: z.enum(['open', 'private']).describe('private: a conversation of the owner and one other person'),
    with: Person.optional().describe('the other of the two, only of a private one'),
    title: z.string().describe("of a private one the other's nick"),
    locked: z.boolean(),
    slowSeconds: z.int(),
    seq: z.int(),
    rev: z.int(),
  })
  .meta({ id: 'Room' })
export type Room = z.infer<typeof Room>

const RoomSettings = z.object({
  title: trimmedText(60),
  locked: z.boolean(),
  slowSeconds: z.int().min(0).max(3_600),
})

export const NewRoom = RoomSettings.partial({ locked: true, slowSeconds: true }).extend({
  name: OpenRoomName,
})
export type NewRoom = z.infer<typeof NewRoom>

export const RoomChanges = RoomSettings.partial()
export type RoomChanges = z.infer<typeof RoomChanges>

export const Author = z
  .object({
    id: z.string(),
    nick: z.string().describe("'' where the author's account was deleted"),
    role: Role,
  })
  .meta({ id: 'Author' })
export type Author = z.infer<typeof Author>

/** A UUID of any version and variant, as `MessageId` lets clients choose one. */
const StoredId = z.guid().meta({ format: 'uuid' })

export const Message = z
  .object({
    id: StoredId.describe('chosen by the sender; a repeated id is the same message'),
    room: RoomName,
    seq: z.int().describe('its position in the room, which never changes'),
    rev: z.int().describe("the room's change number when it last changed"),
    author: Author,
    text: z.string().describe("'' after deletion"),
    sentAt: z.iso.datetime(),
    editedAt: z.iso.datetime().optional(),
    deletedAt: z.iso.datetime().optional(),
    replyTo: StoredId.optional(),
    reactions: z.record(z.string(), z.array(z.string())).optional().describe('emoji → author ids'),
    about: About.optional(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof Message>

/** The messages whose `rev` is above `from` and up to `to`, in their current state, in ascending order of `rev`. */
export const Change = z
  .object({
    room: RoomName,
    from: z.int(),
    to: z.int(),
    messages: z.array(Message),
    more: z.boolean().optional().describe('there are more changes; ask again with `to` as the cursor'),
    reset: z.boolean().optional().describe('the client must drop its messages: these are the latest ones'),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof Change>

/** Messages about a page, newest first, and how many there are. */
export const AboutPage = z
  .object({ messages: z.array(Message), more: z.boolean(), counts: z.object({ total: z.int() }) })
  .meta({ id: 'AboutPage' })
export type AboutPage = z.infer<typeof AboutPage>

/** Messages about a page that are new or changed, as they are now. */
export const AboutChange = z.object({ messages: z.array(Message) }).meta({ id: 'AboutChange' })
export type AboutChange = z.infer<typeof AboutChange>

export const HistoryPage = z
  .object({ messages: z.array(Message), more: z.boolean() })
  .meta({ id: 'HistoryPage' })
export type HistoryPage = z.infer<typeof HistoryPage>

/** A UUID in lower case, so that one id has one spelling. */
const MessageId = z.string().toLowerCase().pipe(z.guid('must be a UUID')).meta({ format: 'uuid' })

/** 1–4,000 code points after trimming. */
export const MessageText = trimmedText(TEXT_MAX)

/** Text and place are validated after the id is known to be new, because a retry with a stored id always succeeds. */
export const MessageDraft = z.object({
  room: RoomName,
  id: MessageId,
  text: z.string().catch('').meta({ minLength: 1, maxLength: TEXT_MAX }),
  replyTo: MessageId.optional(),
  about: z.union([AboutDraft, z.unknown()]).optional(),
})
export type MessageDraft = z.infer<typeof MessageDraft>

/** Over REST the room is part of the path, and the server chooses an id if the client sends none. */
export const PostedMessage = MessageDraft.omit({ room: true }).partial({ id: true })

export const MessageEdit = z.object({ id: MessageId, text: MessageText })
export type MessageEdit = z.infer<typeof MessageEdit>

export const MessageChoice = z.object({ id: MessageId })
export type MessageChoice = z.infer<typeof MessageChoice>

export const Reaction = z.object({
  id: MessageId,
  emoji: z
    .string()
    .max(64)
    // Clients may omit the variation selector that makes a character such as a heart an emoji (U+FE0F).
    .transform((emoji) => (/^\p{RGI_Emoji}$/v.test(emoji) ? emoji : `${emoji}\ufe0f`))
    .pipe(z.string().regex(/^(?!\p{Emoji_Modifier}$)\p{RGI_Emoji}$/v, 'must be one emoji'))
    .describe('one emoji'),
  on: z.boolean().describe('false removes the reaction'),
})
export type Reaction = z.infer<typeof Reaction>

export const RoomEntry = z.object({
  room: RoomName,
  after: z.int().min(0).nullable().describe("the reader's cursor: the last `to` or `rev` that it received"),
})
export const RoomExit = z.object({ room: RoomName })
/** What a tab says of its person: idle without a pointer, key, scroll or focus for two minutes. */
export const IdleState = z.object({ idle: z.boolean() })
export const TypingState = z.object({ room: RoomName, on: z.boolean() })

/**
 * The nick's own rule validates its form and length. `proof` is required only if a person without an identity gets
 * one.
 */
export const NickChoice = z.object({ nick: z.string().describe('1–24 characters'), proof: Proof })
export type NickChoice = z.infer<typeof NickChoice>

/** A proof-of-work challenge in ALTCHA's format (version 2): the `counter` for which the derived key has the prefix. */
export const Challenge = z
  .object({
    parameters: z.object({
      algorithm: z.literal('PBKDF2/SHA-256'),
      nonce: z.string(),
      salt: z.string(),
      cost: z.int(),
      keyLength: z.int(),
      keyPrefix: z.string(),
      keySignature: z.string(),
      data: z
        .object({ place: z.string(), until: z.int(), least: z.int() })
        .describe(
          'until: when the challenge expires, in milliseconds since 1970; least: the minimum number of tries',
        ),
    }),
    signature: z.string(),
  })
  .meta({ id: 'Challenge' })
export type Challenge = z.infer<typeof Challenge>

export const Identity = z
  .object({ self: Person.nullable(), token: z.string().nullable() })
  .meta({ id: 'Identity' })
export type Identity = z.infer<typeof Identity>

export const Presence = z
  .object({
    total: z.int(),
    people: z.array(Person),
    owner: z.object({ here: z.boolean(), lastSeenAt: z.iso.datetime().nullable() }),
  })
  .meta({ id: 'Presence' })
export type Presence = z.infer<typeof Presence>

/** The data that a client sends when its socket connects; every field is optional. */
export const Handshake = z.object({
  // A value that cannot be a nick or a token becomes one that is refused as such.
  nick: z.string().max(200).nullish().catch('\0').describe("a new visitor's nick"),
  token: z.string().max(4_000).nullish().catch('\0').describe("a visitor's, a user's or a bot's token"),
  tab: z.string().max(100).nullish().catch(null).describe('a random name that the tab stores'),
  proof: Proof,
  reader: z.boolean().nullish().catch(null).describe('only reads, even if the cookie belongs to an account'),
})
export type Handshake = z.infer<typeof Handshake>

/** A frame from a client of the plain WebSocket; `ack` is the id of its acknowledgement. */
export const PlainFrame = z.object({
  event: z.string().max(100),
  data: z.unknown().optional(),
  ack: z
    .union([z.number(), z.string().max(100)])
    .optional()
    .describe(
      'chosen by the client and repeated in the acknowledgement; without it there is no acknowledgement',
    ),
})
export type PlainFrame = z.infer<typeof PlainFrame>

export const Welcome = Identity.extend({
  rooms: z.array(Room),
  people: z.array(Person).describe('at most 200'),
  total: z.int().describe('the number of all people'),
  limits: z.object({
    text: z.int().describe('maximum code points of a message'),
    nick: z.int().describe('maximum code points of a nick'),
    messages: z
      .object({ count: z.int(), seconds: z.int() })
      .nullable()
      .describe('how fast this person may write; null: no limit'),
  }),
}).meta({ id: 'Welcome' })
export type Welcome = z.infer<typeof Welcome>

export const RoomsUpdate = z.object({ rooms: z.array(Room) }).meta({ id: 'RoomsUpdate' })
export type RoomsUpdate = z.infer<typeof RoomsUpdate>

/** A new nick is a `joined` with the known id. */
export const PresenceChange = z
  .object({
    joined: z.array(Person),
    left: z.array(z.string()).describe('ids'),
    total: z.int().describe('the number of all people'),
  })
  .meta({ id: 'PresenceChange' })
export type PresenceChange = z.infer<typeof PresenceChange>

export const TypingChange = z
  .object({ room: RoomName, nicks: z.array(z.string()) })
  .meta({ id: 'TypingChange' })
export type TypingChange = z.infer<typeof TypingChange>

export const SearchHit = Message.extend({
  snippet: z.string().describe('plain text around the first match'),
  marks: z.array(z.tuple([z.int(), z.int()])).describe('[from, to) in UTF-16 units of the snippet'),
}).meta({ id: 'SearchHit' })
export type SearchHit = z.infer<typeof SearchHit>

export const SearchPage = z
  .object({ messages: z.array(SearchHit), more: z.boolean() })
  .meta({ id: 'SearchPage' })
export type SearchPage = z.infer<typeof SearchPage>
