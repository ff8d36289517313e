/**
 * The contract's numbers. This file has no imports, so that the site can use the values without loading a schema
 * library. Lengths of text and nick are in code points.
 */
export const TEXT_MAX = 4_000
/** Imported messages may be longer than sent ones. */
export const IMPORTED_TEXT_MAX = 16_000
/** The longest imported nick. Other chats have other rules for nicks; this bounds them. */
export const IMPORTED_NICK_MAX = 1_000
export const NICK_MAX = 24
export const PASSWORD_MIN = 10
/** The longest names that a user gives a session and a passkey, in code points. */
export const SESSION_NAME_MAX = 40
export const PASSKEY_NAME_MAX = 40
/** The most passkeys of one user. */
export const PASSKEYS_MAX = 10
/** The most bots of a site, and rooms in which one may be restricted to write. */
export const BOTS_MAX = 50
export const BOT_ROOMS_MAX = 50
/** The largest body of a hook, in bytes. */
export const HOOK_MAX = 1024 * 1024
/** Minutes of a ban beyond which the owner has to prove who they are again. */
export const BAN_UNPROVEN_MINUTES = 1_440
export const WEEK_MAX = 53

/** Messages in a page of history. */
export const HISTORY_LIMIT = 50
export const HISTORY_LIMIT_MAX = 200
/** Messages in a page of changes. */
export const CHANGES_LIMIT = 200
export const CHANGES_LIMIT_MAX = 500
/** Seconds a long poll may wait. */
export const CHANGES_WAIT_MAX = 30
/** A reader further behind than either of these receives the newest page instead (`reset`). */
export const CATCH_UP_MAX = 1_000
export const CATCH_UP_BYTES_MAX = 256 * 1024

/** The most kinds of emoji on a message, and people per kind. */
export const REACTION_KINDS_MAX = 20
export const REACTION_PEOPLE_MAX = 100

/** The longest mute or ban in minutes (a year), and the default. */
export const MODERATED_MINUTES_MAX = 525_600
export const MODERATED_MINUTES = 1_440
/** The longest reason of the owner, in code points. */
export const REASON_MAX = 200

/** Days that a report keeps the reported content, unless it is settled earlier. */
export const REPORTED_KEPT_DAYS = 30

/** The most webhooks of a site. */
export const WEBHOOKS_MAX = 20
/** Deliveries in a page of a webhook's log. */
export const DELIVERIES_LIMIT = 50
export const DELIVERIES_LIMIT_MAX = 200

/** The most people listed in `welcome` and in presence; the total is always exact. */
export const PEOPLE_LISTED_MAX = 200
/** The largest request body and socket frame, in bytes. */
export const BODY_MAX = 64 * 1024

export const LOBBY = 'lobby'
/** The room of the lesson `/transports`: everybody reads it, the server alone writes into it, and no list has it. */
export const LESSON_ROOM = '~lesson'
/** The most messages that one request makes the server say in it. */
export const LESSON_SAY_MAX = 20
