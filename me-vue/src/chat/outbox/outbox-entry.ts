import type { About, Author, ErrorCode, Failure, Message, Person } from 'me-api/contract'

/** Something to be done to a room's log, from the click until the server has done it. */
export type OutboxEntry = {
  /** One of a kind for a message: a second edit replaces the first. */
  readonly key: string
  readonly does: 'send' | 'edit' | 'delete'
  /** The message's; whatever is done with the same id twice is done once. */
  readonly id: string
  readonly room: string
  /** The message's text; empty for a deletion. */
  readonly text: string
  /** The id of the message it answers. */
  readonly replyTo?: string
  /** The page, and the passage of it, that it is about; the title is what this browser has read. */
  readonly about?: About
  /** The author, if there was an identity already. */
  readonly author?: Author
  /** When it was written, in milliseconds since 1970 by this machine's clock; no two are the same, and they go in this order. */
  readonly at: number
  /** Until this moment, in milliseconds since 1970, it can be called back. */
  readonly notBefore?: number
  /** Why it was refused: for good, unless `isHeld`. */
  readonly error?: Failure
  /** The newest seq in the room when it was refused. */
  readonly after?: number
}

/** A message on its way, as it is shown. */
export type Outgoing = {
  readonly id: string
  readonly room: string
  readonly text: string
  readonly replyTo?: string
  readonly about?: About
  readonly author?: Author
  /** ISO 8601. */
  readonly writtenAt: string
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  /** `WRITTEN_AS`: it was written under another identity. */
  readonly error?: { readonly code: ErrorCode | 'WRITTEN_AS'; readonly retryAfter?: number | undefined }
  /** Refused: it is shown behind the message with this seq, so that it does not stay below newer ones. */
  readonly after?: number
  /** Its place in the room, once sent. */
  readonly seq?: number
  /** It has a link, and its author is new: when it is sent by itself, in ISO 8601. */
  readonly heldUntil?: string | undefined
}

/** No attempt with the same words can succeed; `NOT_FOUND`: what is answered or edited has been deleted. */
const permanent: ReadonlySet<string> = new Set<ErrorCode>(['NOT_FOUND', 'INVALID', 'TOO_LONG', 'FORBIDDEN'])
export const isPermanent = ({ code }: { readonly code: string }) => permanent.has(code)

/** A newcomer's link is refused until a certain moment, and then sent by itself. */
export const isHeld = ({ error, notBefore }: Pick<OutboxEntry, 'error' | 'notBefore'>): boolean =>
  error?.code === 'LINKS_NOT_YET' && notBefore !== undefined

export const keyOf = (does: OutboxEntry['does'], id: string) => `${does} ${id}`

export const inOrder = (entries: readonly OutboxEntry[]) => entries.toSorted((a, b) => a.at - b.at)

/**
 * Whether an entry is sent without asking, because its author is the current identity: no text is sent under another
 * name. Where the server has forgotten a visitor's token, the same nick in the same browser is the same person.
 */
export function isOwn({ author }: Pick<OutboxEntry, 'author'>, self: Person): boolean {
  if (!author || author.id === self.id) return true
  return author.role === 'visitor' && self.role === 'visitor' && author.nick === self.nick
}

/** What a member wrote is shown to nobody else, and sent when that member is back. */
export const isHidden = ({ author }: Pick<OutboxEntry, 'author'>, self: Person | null | undefined): boolean =>
  !!self && !!author && author.role !== 'visitor' && author.id !== self.id

export const authorOf = (self: Person | null | undefined): Author | undefined =>
  self?.nick ? { id: self.id, nick: self.nick, role: self.role } : undefined

/** As the message is shown: an acknowledged one is placed by its seq. */
export const outgoing = (
  { id, room, text, replyTo, about, author, at }: OutboxEntry,
  state: Outgoing['state'],
  more: Pick<Outgoing, 'error' | 'after' | 'seq' | 'heldUntil'> = {},
): Outgoing => ({
  id,
  room,
  text,
  replyTo,
  about,
  author,
  writtenAt: new Date(at).toISOString(),
  state,
  ...more,
})

/** An entry that is done. `errand` is its name in earlier versions, which other tabs may run. */
export type Done = { errand: OutboxEntry; message: Message }
