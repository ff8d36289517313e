import type { Generated, Kysely, Selectable, Transaction } from 'kysely'
import type {
  ModerationLogAction,
  OwnerAction,
  Role,
  User,
  WebhookDelivery,
  WebhookEvent,
  WebhookFormat,
  WebhookOff,
} from '../contract/index.ts'

/** Times are in milliseconds since 1970; booleans are 0 and 1, because SQLite has no boolean type. */
export type Tables = {
  installation: InstallationTable
  presentation: PresentationTable
  reports: ReportsTable
  users: UsersTable
  sessions: SessionsTable
  second_steps: SecondStepsTable
  recovery_codes: RecoveryCodesTable
  rooms: RoomsTable
  messages: MessagesTable
  conversations: ConversationsTable
  visitors: VisitorsTable
  bots: BotsTable
  sanctions: SanctionsTable
  moderation_log: ModerationLogTable
  message_reports: MessageReportsTable
  places: PlacesTable
  last_uses: LastUsesTable
  one_time_links: OneTimeLinksTable
  passkeys: PasskeysTable
  account_log: AccountLogTable
  departures: DeparturesTable
  overwritten: OverwrittenTable
  nick_holds: NickHoldsTable
  used_once: UsedOnceTable
  push_keys: PushKeysTable
  push_subscriptions: PushSubscriptionsTable
  pending_pushes: PendingPushesTable
  push_progress: PushProgressTable
  webhooks: WebhooksTable
  webhook_deliveries: WebhookDeliveriesTable
  mail_settings: MailSettingsTable
  pending_mails: PendingMailsTable
  session_resets: SessionResetsTable
}

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>
/** Stores something in the transaction of what it belongs to. */
export type AlsoStored = (tx: Tx) => Promise<void>

/** One row: the name that distinguishes this installation's tokens from those of other installations. */
type InstallationTable = { id: 1; name: string; made_at: number }

/** One row. */
export type PresentationTable = {
  id: 1
  name: string
  headline: string
  text: string
  html: string
  /** JSON: [{label, href}] */
  links: string
  updated_at: number
  /** How often the HTML was made anew since the text was saved. */
  renderings: Generated<number>
}

export type ReportsTable = {
  week: number
  title: string
  text: string
  html: string
  created_at: number
  updated_at: number
  /** How often the HTML was made anew since the text was saved. */
  renderings: Generated<number>
}

export type UsersTable = {
  id: string
  email: string
  password_hash: string
  nick: string
  /** The key by which nicks are compared, see nicks/nick.ts. */
  nick_key: string
  nick_look: string
  role: User['role']
  /** When the owner was last in the chat. */
  seen_at: number | null
  created_at: number
  person: PersonOf
}

/** A signed-in browser or script. Signing out deletes the row, which invalidates the token. */
type SessionsTable = {
  id: string
  user_id: string
  /** The browser, from its `User-Agent`, and `system`; null if unknown. */
  browser: string | null
  system: string | null
  /** The name that the user gave the session. */
  name: Generated<string | null>
  created_at: number
  /** When the session was last used, to the minute, so that few requests cause a write. */
  used_at: number
  expires_at: number
  /** When the user last proved who they are in this session: by signing in, the password or a code. */
  proved_at: Generated<number>
}

/** The second step of users who turned it on: a code from an app in addition to the password. */
type SecondStepsTable = {
  user_id: string
  /** The app's key, encrypted, see accounts/encrypt-at-rest.ts. */
  sealed_key: string
  /** The last step (RFC 6238's T) whose code was used; each is valid once. */
  last_step: Generated<number>
  /** When a first code confirmed the key; null means that sign-ins need no code yet. */
  confirmed_at: number | null
}

/** A recovery code replaces the app once: its use deletes the row. */
type RecoveryCodesTable = { user_id: string; hash: string }

type RoomsTable = {
  name: string
  title: string
  locked: Generated<0 | 1>
  slow_seconds: Generated<number>
  /** The last message's position, and the last change's number. */
  seq: Generated<number>
  rev: Generated<number>
  /** The `rev` of the last permanent removal: a reader with a cursor below it starts over. */
  floor: Generated<number>
  /** A removed room keeps its row, so that a new one of the same name continues its numbering. */
  removed_at: number | null
  /** The latest `sent_at` given to a message here; imported messages keep their own times. */
  last_sent_at: Generated<number>
}

/** What a private conversation has beyond its room: the person who talks with the owner, and how far each has read. */
type ConversationsTable = {
  room: string
  person_id: string
  begun_at: number
  /** When it last changed in any way: by a write, or by reading. */
  changed_at: number
  /** The `seq` up to which the owner and the person have read. */
  owner_read: Generated<number>
  person_read: Generated<number>
}

type MessagesTable = {
  /** Ascending in the order of arrival, over all rooms; identifies a message in the search index. */
  key: Generated<number>
  id: string
  room: string
  seq: number
  rev: number
  author_id: string
  nick: string
  role: Role
  text: string
  sent_at: number
  edited_at: number | null
  deleted_at: number | null
  reply_to: string | null
  /** JSON: emoji → author ids. */
  reactions: string | null
  /** The page that the message is about, kept when it is deleted, so that answers to it stay with the page. */
  about_path: Generated<string | null>
  /** JSON: the rest of what it is about, {title, quote}. */
  about: Generated<string | null>
  /** The text's words for the search, see search-words.ts; null until db/index-messages.ts has made them. */
  words: string | null
}

export type VisitorsTable = {
  id: string
  nick: string
  /**
   * A hash of the tab that chose the nick: a client with that tab's name is the same visitor even if it never
   * received the token.
   */
  tab: string | null
  created_at: number
  /** When the visitor was last known to be connected; updated once a minute. */
  seen_at: number
  person: PersonOf
  /** Tokens of an earlier generation are no longer valid: the visitor has signed out everywhere. */
  generation: Generated<number>
  /**
   * The keys by which nicks are compared, see nicks/nick.ts; null where today's rules do not allow the nick, and where the
   * visitor has given it up.
   */
  nick_key: Generated<string | null>
  nick_look: Generated<string | null>
  /** Until when nobody else gets the nick of a regular, see nicks/regulars.ts; null for who has never been one. */
  nick_kept_until: Generated<number | null>
}

/** The first identity of the same person, see chat/moderation/persons.ts; null if this is the first. */
type PersonOf = Generated<string | null>

/**
 * Keyed hashes of an address, see chat/moderation/address-hash.ts: of an IPv4 address, or of an IPv6 address' /64 and
 * of its wider networks. The latter are null for IPv4, and in rows older than these columns.
 */
type AddressColumns = {
  address_key: string
  address_key_56: Generated<string | null>
  address_key_48: Generated<string | null>
}

/** The identities that are muted or banned; an end of 0 means not. */
type SanctionsTable = {
  person_id: string
  nick: string
  muted_until: number
  banned_until: number
  /** The hash of the banned person's address. */
  address_key: string | null
  address_key_56: Generated<string | null>
  address_key_48: Generated<string | null>
  /** The bits of an IPv6 address that the ban blocks: 64, 56 or 48; null means exactly `address_key`. */
  closed_bits: Generated<number | null>
  /** When the ban began; null in rows older than this column. */
  banned_at: Generated<number | null>
  mute_reason: Generated<string | null>
  ban_reason: Generated<string | null>
}

/**
 * The moderation log: who did what to whom, with the owner's reason. It is append-only, and contains no content by
 * others.
 */
export type ModerationLogTable = {
  key: Generated<number>
  at: number
  by_id: string
  by_nick: string
  action: ModerationLogAction
  person_id: string
  nick: string
  minutes: number | null
  reason: Generated<string | null>
}

/**
 * Reports, one per message and person. A settled report stays, so that the message cannot be reported again, but
 * loses its copy of the message. The copy is also null if it is too old, and in rows older than these columns.
 */
type MessageReportsTable = {
  message_id: string
  by_id: string
  at: number
  /** When the report was dismissed or settled otherwise. */
  dismissed_at: number | null
  text: Generated<string | null>
  nick: Generated<string | null>
  sent_at: Generated<number | null>
}

/** The address at which a person was last seen; kept for a day. */
export type PlacesTable = AddressColumns & {
  person_id: string
  seen_at: number
}

/** When a session of a user was last used, to the minute, also after the session's end. */
type LastUsesTable = { user_id: string; at: number }

/** A link that works once: to register (`invitation`), or to set a user's password (`reset`). */
type OneTimeLinksTable = {
  /** The hash of the link's token; only who has the link has the token. */
  hash: string
  kind: 'invitation' | 'reset'
  user_id: string | null
  created_at: number
  expires_at: number
}

/** A passkey (WebAuthn): signs its user in without password and second step. */
type PasskeysTable = {
  /** The credential's id, base64url. */
  id: string
  user_id: string
  /** COSE, base64url. */
  public_key: string
  counter: number
  /** JSON: how the browser reaches the authenticator. */
  transports: string
  name: string
  created_at: number
  used_at: number | null
}

/** What the owner's account did, append-only. `subject` is what it was done to: a room's name, a week, a nick. */
type AccountLogTable = {
  key: Generated<number>
  at: number
  by_id: string
  by_nick: string
  action: OwnerAction
  subject: string | null
}

/**
 * Deleted accounts whose messages still have to lose their author's name, or be erased. `by_owner` says whether the owner
 * deleted the account, which settles the reports of what is erased.
 */
type DeparturesTable = { author_id: string; words: 'keep' | 'erase'; by_owner: number; left_at: number }

/**
 * Who holds a nick, where there are several nodes, see nicks/shared-nick-holds.ts: one row for each of the nick's two keys.
 * Nicks are here as hashes only; times are the database's.
 */
type NickHoldsTable = {
  /** The hash of the key by which nicks are compared. */
  key: string
  /** The id of a visitor, or of a user while they take the nick. */
  holder: string
  /** The hashes of the nick as it is written, and of the tab in which it was chosen. */
  nick: string | null
  tab: string | null
  /** Whether the holder has taken another nick since. */
  is_former: Generated<number>
  held_until: Generated<number>
  /** Open claims, see nicks/claim-nick.ts, and until when they count. */
  claims: Generated<number>
  claimed_until: Generated<number>
}

/** What may be used once and was, where there are several nodes: a proof of work, a passkey's challenge. */
type UsedOnceTable = { name: string; kept_until: number }

/** A program that writes in the chat, made by the owner. */
type BotsTable = {
  id: string
  nick: string
  /** The keys by which nicks are compared, see nicks/nick.ts. */
  nick_key: string
  nick_look: string
  /** JSON: the names of the rooms in which it may write; null for every open room. */
  rooms: string | null
  /** The token itself is with the program alone. */
  token_hash: string
  /** The key of signatures; stored as it is, because it has to be known to check one. */
  secret: string
  created_at: number
}

export type BotRow = Selectable<BotsTable>

/** One row: the keys by which push services recognise this installation (VAPID, RFC 8292), base64url. */
type PushKeysTable = { id: 1; public_key: string; private_key: string }

/** A browser that asked to be told (web push, RFC 8030). */
export type PushSubscriptionsTable = {
  id: Generated<number>
  /** The address at the browser's push service: who knows it and the keys can write to the browser. */
  endpoint: string
  /** The browser's public key and secret (RFC 8291), base64url. */
  p256dh: string
  auth: string
  /** A user's or a visitor's id. */
  person_id: string
  /** The user's session, with which the subscription ends; null for a visitor. */
  session_id: string | null
  language: string
  /** The site's origin, as the browser knows it. */
  origin: string
  created_at: number
  /** Whether the last attempt to send reached the push service. */
  is_proven: Generated<number>
  /** Until when nothing is sent, because the push service asked for a pause or did not answer. */
  wait_until: Generated<number>
}

/** What waits to be sent to a browser: one row for each conversation, which the next word there replaces. */
export type PendingPushesTable = {
  subscription_id: number
  /** A room's name, or what else notices are about, see chat/push/reasons.ts. */
  conversation: string
  reason: string
  /** Null for a test. */
  message_id: string | null
  made_at: number
  due_at: number
}

/** Up to which message a room was looked through for who is to be told. */
type PushProgressTable = { room: string; seq: number }

/** An address that is told what happens on the site. */
export type WebhooksTable = {
  id: string
  url: string
  format: WebhookFormat
  /** JSON: the names of events. */
  events: string
  /** JSON: the names of rooms; null for all. */
  rooms: string | null
  /** `whsec_` and base64 of the key; not hashed, because it signs. */
  secret: string
  /** The site's origin, as the owner's browser knew it. */
  origin: string
  /** Why it is off; null while it is on. */
  off: WebhookOff | null
  /** When the first failure was since the last success, and how many there were. */
  failing_since: number | null
  failures: Generated<number>
  created_at: number
}

/**
 * What is to be told to a webhook, or was: whom or what it is about, not the words. The row stays for a while as the log
 * of the delivery.
 */
export type WebhookDeliveriesTable = {
  /** The order in which a webhook is told. */
  key: Generated<number>
  /** The `webhook-id`. */
  id: string
  webhook_id: string
  event: WebhookEvent | 'test'
  /** A message's id, a report's week, or a person's id; null for a test. */
  subject: string | null
  /** The message's `rev` at that time; once told, the one that it was told with. */
  rev: Generated<number>
  made_at: number
  /** Whether it is tried once and outside the order: a test, a replay. */
  is_single: Generated<number>
  status: Generated<WebhookDelivery['status']>
  attempts: Generated<number>
  /** When it was last tried, and for how many milliseconds it then waits. */
  tried_at: number | null
  wait: Generated<number>
  answer_status: number | null
  answer: string | null
  error: string | null
}

/** Whether and how a user gets mails about the chat; none where nothing was chosen and nothing sent. */
export type MailSettingsTable = {
  user_id: string
  is_on: Generated<number>
  /** Null: that of the site. */
  language: string | null
  /** The site's origin, as the user's browser knows it; null where no setting was changed yet. */
  origin: string | null
  /** When the last mail was sent, and until when none is, because the mail server could not take one; 0: never. */
  sent_at: Generated<number>
  wait_until: Generated<number>
}

/** What a user has to be told of by mail: one row for each message. */
export type PendingMailsTable = {
  user_id: string
  /** A room's name, or what else notices are about, see chat/push/reasons.ts. */
  conversation: string
  message_id: string
  reason: string
  noted_at: number
}

/** How often a user's sessions were ended all at once: links that were mailed before are no longer valid. */
type SessionResetsTable = { user_id: string; count: number }

/** A table with overwritten content that is still in the database's files, see db/scrub.ts. */
type OverwrittenTable = { key: Generated<number>; table_name: string }

export type Departure = Omit<DeparturesTable, 'author_id'>
export type SanctionRow = Selectable<SanctionsTable>
/** A message as it is read; its words serve the search only. */
export type MessageRow = Omit<Selectable<MessagesTable>, 'words'>
/** A message as it is stored; the database assigns its key. */
export type NewMessageRow = Omit<Selectable<MessagesTable>, 'key'>
export type RoomRow = Selectable<RoomsTable>
export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type OneTimeLinkRow = Selectable<OneTimeLinksTable>
export type PasskeyRow = Selectable<PasskeysTable>
export type SecondStepRow = Selectable<SecondStepsTable>
