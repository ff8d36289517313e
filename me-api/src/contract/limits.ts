/**
 * The contract's plain numbers. No imports: the site uses them as values without loading a schema library.
 * Lengths of text and nick are code points.
 */
export const TEXT_MAX = 4_000
/** Imported history may be longer than what can be sent. */
export const IMPORTED_TEXT_MAX = 16_000
/** Other chats have other rules for nicks; this keeps a line from being all nick. */
export const IMPORTED_NICK_MAX = 1_000
export const NICK_MAX = 24
export const PASSWORD_MIN = 10
export const WEEK_MAX = 53

/** Messages in a page of history. */
export const HISTORY_LIMIT = 50
export const HISTORY_LIMIT_MAX = 200
/** Messages in a page of changes. */
export const CHANGES_LIMIT = 200
export const CHANGES_LIMIT_MAX = 500
/** Seconds a long poll may wait. */
export const CHANGES_WAIT_MAX = 30
/** A reader further behind than either of these gets the latest page instead (`reset`). */
export const CATCH_UP_MAX = 1_000
export const CATCH_UP_BYTES_MAX = 256 * 1024

/** Kinds of emoji on a message, and people behind one kind. */
export const REACTION_KINDS_MAX = 20
export const REACTION_PEOPLE_MAX = 100

/** Minutes somebody may be muted or banned: a year; and how long it is where nobody says. */
export const MODERATED_MINUTES_MAX = 525_600
export const MODERATED_MINUTES = 1_440
/** Code points in which the owner says why. */
export const REASON_MAX = 200

/** Days that a report keeps what was reported, where it is not settled before. */
export const REPORTED_KEPT_DAYS = 30

/** People listed in `welcome` and in presence; the total is always the true count. */
export const PEOPLE_LISTED_MAX = 200
/** A request body, and a socket's frame, in bytes. */
export const BODY_MAX = 64 * 1024

export const LOBBY = 'lobby'
