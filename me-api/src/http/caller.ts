import type { IncomingMessage } from 'node:http'
import type { Person, User } from '../contract/index.ts'

/**
 * Who may call: everybody (`anybody`: also with a token that is no longer valid), who is signed in, the owner, or who
 * has a nick (a visitor's or a user's token). Of `reader`, everybody too, a cookie is looked at as well, because what one
 * may read depends on who one is.
 */
export type Who = 'all' | 'anybody' | 'reader' | 'user' | 'owner' | 'writer'

/**
 * A user and the session by which they came; `expiresAt`, where nothing comes after now, and `since`, when the account
 * was made, in milliseconds since 1970.
 */
export type Session = { id: string; user: User; expiresAt: number; since: number }

/** Who calls: somebody signed in, or a visitor of the chat. */
export type Caller = { kind: 'user'; person: Person; session: Session } | { kind: 'visitor'; person: Person }

/** Finds out who a request comes from. */
export type Callers = {
  /** The session of the cookie; a stale one counts as none. */
  byCookie(req: IncomingMessage): Promise<Session | null>
  /** @throws {Refusal} TOKEN_INVALID */
  identify(req: IncomingMessage): Promise<Caller | null>
  /** The caller, where they may do what `who` says; null only where everybody may, and nobody is known. */
  authorise(req: IncomingMessage, who: Who): Promise<Caller | null>
  /** Whether the owner calls, by a token or a cookie that holds; a visitor's token is not looked up. */
  isOwner(req: IncomingMessage): Promise<boolean>
  /** The cookie's token, where it is by the cookie that the caller is known. */
  cookieOf(req: IncomingMessage): string | undefined
}
