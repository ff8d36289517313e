import type { Generated, Kysely, Selectable, Transaction } from 'kysely'
import type { ModerationLogAction, Role } from '../contract/index.ts'

/** Times are milliseconds since 1970; truth values are 0 and 1, as SQLite has no other. */
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
  visitors: VisitorsTable
  sanctions: SanctionsTable
  moderation_log: ModerationLogTable
  message_reports: MessageReportsTable
  places: PlacesTable
  overwritten: OverwrittenTable
}

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

/** One row: what tells this installation's tokens from those of another one of the same code. */
export type InstallationTable = { id: 1; name: string; made_at: number }

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
}

export type ReportsTable = {
  week: number
  title: string
  text: string
  html: string
  created_at: number
  updated_at: number
}

export type UsersTable = {
  id: string
  email: string
  password_hash: string
  nick: string
  /** What the nick is compared by, see nicks/nick.ts. */
  nick_key: string
  nick_look: string
  role: Exclude<Role, 'visitor'>
  seen_at: number | null
  created_at: number
  person: PersonOf
}

/** A signed-in browser or script; signing out deletes the row, and with it the token's worth. */
export type SessionsTable = {
  id: string
  user_id: string
  /** The words its browser has for itself, reduced to these two; null where they cannot be told. */
  browser: string | null
  system: string | null
  created_at: number
  /** When last used, to the hour: it is not written at every request. */
  used_at: number
  expires_at: number
}

/** Whoever signs in with a code from an app besides the password. */
export type SecondStepsTable = {
  user_id: string
  /** The key that the app has too, see accounts/encrypt-at-rest.ts. */
  sealed_key: string
  /** The last step (RFC 6238's T) whose code was taken: none is taken twice. */
  last_step: Generated<number>
  /** When a first code showed that the app has the key; null: until then nothing is asked. */
  confirmed_at: number | null
}

/** A code stands in for the app once: its row goes with it. */
export type RecoveryCodesTable = { user_id: string; hash: string }

export type RoomsTable = {
  name: string
  title: string
  locked: Generated<0 | 1>
  slow_seconds: Generated<number>
  /** The last message's place, and the last change's number. */
  seq: Generated<number>
  rev: Generated<number>
  /** The `rev` at which messages were last removed for good: a cursor below it starts anew. */
  floor: Generated<number>
  /** A removed room keeps its row, so that one of the same name goes on with its numbering. */
  removed_at: number | null
}

export type MessagesTable = {
  /** Ascending in the order of arrival, over all rooms; what the search index knows a message by. */
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
}

export type VisitorsTable = {
  id: string
  nick: string
  /** A hash of the tab that chose the nick: who names it is the same visitor even if the token never arrived. */
  tab: string | null
  created_at: number
  /** When last known to be connected; written now and then, not at every step. */
  seen_at: number
  person: PersonOf
}

/** The first identity of the same person, see chat/moderation/persons.ts; null where this is the first. */
type PersonOf = Generated<string | null>

/**
 * Keyed hashes of an address, see chat/moderation/address-hash.ts: of an IPv4 address itself, or of an IPv6 address' /64, and of its
 * wider networks; those are null for IPv4, and in rows from before they were kept.
 */
type AddressColumns = {
  address_key: string
  address_key_56: Generated<string | null>
  address_key_48: Generated<string | null>
}

/** Each identity that is muted or banned; 0 where it is not. */
export type SanctionsTable = {
  person_id: string
  nick: string
  muted_until: number
  banned_until: number
  /** Where the banned one came from. */
  address_key: string | null
  address_key_56: Generated<string | null>
  address_key_48: Generated<string | null>
  /** How much of the address the ban closes: 64, 56 or 48 bits of an IPv6 address; null: what `address_key` stands for. */
  closed_bits: Generated<number | null>
  /** When the ban began; null in rows from before this was kept. */
  banned_at: Generated<number | null>
  mute_reason: Generated<string | null>
  ban_reason: Generated<string | null>
}

/** What was done by whom to whom, and why in the owner's words; it only grows, and holds no words of others. */
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
 * Once per message and person; what was settled stays, so that it is not reported again, without the message as it was
 * when it was reported. That is also null where it is too old, and in rows from before it was kept.
 */
export type MessageReportsTable = {
  message_id: string
  by_id: string
  at: number
  /** When it was dismissed, or settled otherwise. */
  dismissed_at: number | null
  text: Generated<string | null>
  nick: Generated<string | null>
  sent_at: Generated<number | null>
}

/** Where somebody was last seen; for a day. */
export type PlacesTable = AddressColumns & {
  person_id: string
  seen_at: number
}

/** A table in which something was overwritten that still stands in the database's files, see db/scrub.ts. */
type OverwrittenTable = { key: Generated<number>; table_name: string }

export type SanctionRow = Selectable<SanctionsTable>
export type MessageRow = Selectable<MessagesTable>
export type RoomRow = Selectable<RoomsTable>
export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type SecondStepRow = Selectable<SecondStepsTable>
