import type { IncomingMessage } from 'node:http'
import type { Person, User } from '../contract/index.ts'
import { Refusal } from '../errors.ts'

/**
 * Who may call a route: everybody (`all`; `anybody` also with an invalid token; `reader` with the cookie taken into
 * account, because what one may read depends on the caller), a signed-in user (`user`), the owner (`owner`), or
 * anybody with a nick, by a visitor's, a user's or a bot's token (`writer`).
 */
export type Who = 'all' | 'anybody' | 'reader' | 'user' | 'owner' | 'writer'

/**
 * A session and its user. `expiresAt` is when it expires without further use, and `since` when the account was
 * created, both in milliseconds since 1970. `isFresh` means that the user proved who they are within the last hour.
 */
export type Session = { id: string; user: User; expiresAt: number; since: number; isFresh: boolean }

/** An authenticated caller: a signed-in user, a visitor of the chat, or a bot. */
export type Caller =
  | { kind: 'user'; person: Person; session: Session }
  | { kind: 'visitor'; person: Person }
  | { kind: 'bot'; person: Person }

/** Returns the id of the session of a caller, null for whoever has none. */
export const sessionOf = (caller: Caller | null): string | null =>
  caller?.kind === 'user' ? caller.session.id : null

/** Authenticates requests. */
export type Callers = {
  /** Returns the cookie's session; an invalid cookie counts as none. */
  byCookie(req: IncomingMessage): Promise<Session | null>
  /** Returns the caller by token or cookie, or null. @throws {Refusal} TOKEN_INVALID */
  identify(req: IncomingMessage): Promise<Caller | null>
  /** Returns the caller if `who` allows them; null only if everybody is allowed and the caller is unknown. */
  authorise(req: IncomingMessage, who: Who): Promise<Caller | null>
  /** Whether the caller is the owner, by a valid token or cookie. A visitor's token is not looked up. */
  isOwner(req: IncomingMessage): Promise<boolean>
  /** Returns the cookie's token if the cookie identifies the caller. */
  cookieOf(req: IncomingMessage): string | undefined
}

/**
 * Asks a user who has not proved themselves for an hour to do so again, because a session may have been left open.
 * @throws {Refusal} PASSWORD_REQUIRED
 */
export function requireFreshProof(session: Session | null): void {
  if (!session?.isFresh) throw new Refusal('PASSWORD_REQUIRED', 'Enter your password again to do this.')
}
