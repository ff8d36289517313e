import type { IncomingMessage } from 'node:http'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import { toPerson } from '../../accounts/users.ts'
import type { Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Caller, Callers, Session } from '../../http/caller.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { Bots } from '../bots/bots.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import type { Visitors } from './visitors.ts'

type Parts = {
  accounts: Pick<Accounts, 'session'>
  visitors: Pick<Visitors, 'resume' | 'isCurrent' | 'nickOf'>
  bots: Pick<Bots, 'isToken' | 'byToken'>
  newcomers: Pick<Newcomers, 'note'>
  tokens: Pick<Tokens, 'verify'>
  cookies: Cookies
}

/** Authenticates requests and connections by token or cookie. */
export function createCallers({ accounts, visitors, bots, newcomers, tokens, cookies }: Parts) {
  /** @throws {Refusal} TOKEN_INVALID */
  async function byToken(token: string): Promise<Caller> {
    if (bots.isToken(token)) return { kind: 'bot', person: await bots.byToken(token) }
    const claim = await tokens.verify(token, 'session', 'visitor')
    if (claim?.kind === 'visitor') return { kind: 'visitor', person: await visitors.resume(claim) }
    const session = claim && (await accounts.session(claim.id))
    if (!session) throw new Refusal('TOKEN_INVALID', 'The token is not valid.')
    return bySession(session)
  }

  async function byCookie(req: IncomingMessage): Promise<Session | null> {
    const token = cookies.read(req, 'me_session')
    const claim = token ? await tokens.verify(token, 'session') : null
    return claim && accounts.session(claim.id)
  }

  /** Returns the user of a session. A new account is limited like a new visitor. */
  function bySession(session: Session): Caller & { kind: 'user' } {
    const { user, since } = session
    if (user.role !== 'owner') newcomers.note(user.id, since)
    return { kind: 'user', person: toPerson(user), session }
  }

  async function identify(req: IncomingMessage): Promise<Caller | null> {
    const token = headerToken(req)
    if (token !== null) return byToken(token)
    const session = await byCookie(req)
    return session && bySession(session)
  }

  return {
    byToken,
    bySession,
    byCookie,
    identify,

    /** Returns the id that a token or a cookie's session proves, or null. */
    async provenId(token: string | null | undefined, cookie: Session | null): Promise<string | null> {
      const claim = token ? await tokens.verify(token, 'session', 'visitor') : null
      if (claim?.kind === 'visitor') return (await visitors.isCurrent(claim)) ? claim.id : null
      const session = claim ? await accounts.session(claim.id) : cookie
      return session?.user.id ?? null
    },

    /** Returns the nick of a visitor by their token, null if there is none; the nick is not taken by that. */
    async nickOf(token: string): Promise<string | null> {
      const claim = await tokens.verify(token, 'visitor')
      return claim && visitors.nickOf(claim)
    },

    async authorise(req, who): Promise<Caller | null> {
      if (who === 'anybody') return null
      // A read whose answer is the same for everybody ignores the cookie.
      if (who === 'all' && headerToken(req) === null && !isWrite(req)) return null
      const caller = await identify(req)
      if (who === 'all' || who === 'reader') return caller
      if (!caller) throw new Refusal('UNAUTHENTICATED', 'Sign in first.')
      if (who === 'owner') requireOwner(caller.person)
      if (who === 'user' && caller.kind !== 'user') throw new Refusal('UNAUTHENTICATED', 'Sign in first.')
      return caller
    },

    async isOwner(req): Promise<boolean> {
      const token = headerToken(req) ?? cookies.read(req, 'me_session')
      const claim = token ? await tokens.verify(token, 'session') : null
      return (claim && (await accounts.session(claim.id)))?.user.role === 'owner'
    },

    cookieOf: (req): string | undefined =>
      headerToken(req) === null ? cookies.read(req, 'me_session') : undefined,
  } satisfies Callers & Record<string, unknown>
}

export type ChatCallers = ReturnType<typeof createCallers>

/** @throws {Refusal} FORBIDDEN */
function requireOwner({ role }: Person): void {
  if (role !== 'owner') throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
}

const isWrite = ({ method }: IncomingMessage): boolean => method !== 'GET' && method !== 'HEAD'

/** `Authorization: Bearer TOKEN` or `x-access-token: TOKEN`. */
function headerToken(req: IncomingMessage): string | null {
  const bearer = /^Bearer +(\S.*)$/i.exec(req.headers.authorization ?? '')?.[1]
  const other = req.headers['x-access-token']
  return bearer ?? (typeof other === 'string' ? other : null)
}
