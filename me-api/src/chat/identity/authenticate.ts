import type { IncomingMessage } from 'node:http'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Session } from '../../accounts/sessions.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import type { Visitors } from './visitors.ts'
import type { Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { Who } from '../../http/route.ts'

/** Who calls: somebody signed in, or a visitor of the chat. */
export type Caller = { kind: 'user'; person: Person; session: Session } | { kind: 'visitor'; person: Person }

type Parts = { accounts: Accounts; visitors: Visitors; tokens: Tokens; cookies: Cookies }

/** Finds out who a request comes from, by its token or its cookie. */
export function createCallers({ accounts, visitors, tokens, cookies }: Parts) {
  /** @throws {Refusal} TOKEN_INVALID */
  async function byToken(token: string): Promise<Caller> {
    const claim = await tokens.verify(token, 'session', 'visitor')
    if (claim?.kind === 'visitor') return { kind: 'visitor', person: await visitors.resume(claim.id) }
    const session = claim && (await accounts.session(claim.id))
    if (!session) throw new Refusal('TOKEN_INVALID', 'The token is not valid, or no longer.')
    return { kind: 'user', person: visitors.personOf(session), session }
  }

  /** The session of the cookie; a stale one counts as none. */
  async function byCookie(req: IncomingMessage): Promise<Session | null> {
    const token = cookies.read(req, 'me_session')
    const claim = token ? await tokens.verify(token, 'session') : null
    return claim && accounts.session(claim.id)
  }

  async function identify(req: IncomingMessage): Promise<Caller | null> {
    const token = headerToken(req)
    if (token !== null) return byToken(token)
    const session = await byCookie(req)
    return session && { kind: 'user', person: visitors.personOf(session), session }
  }

  return {
    byCookie,

    /** The caller, where they may do what `who` says; null only where everybody may, and nobody is known. */
    async authorise(req: IncomingMessage, who: Who): Promise<Caller | null> {
      // Where all may read, a cookie is nobody's business.
      if (who === 'all') return headerToken(req) !== null || isWrite(req) ? identify(req) : null
      if (who === 'anybody') return null
      const caller = await identify(req)
      if (!caller) throw new Refusal('UNAUTHENTICATED', 'Sign in first.')
      if (who === 'owner' && caller.person.role !== 'owner')
        throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
      if (who === 'user' && caller.kind !== 'user') throw new Refusal('UNAUTHENTICATED', 'Sign in first.')
      return caller
    },

    identify,

    /** Whether the owner calls, by a token or a cookie that holds; a visitor's token is not looked up. */
    async isOwner(req: IncomingMessage): Promise<boolean> {
      const token = headerToken(req) ?? cookies.read(req, 'me_session')
      const claim = token ? await tokens.verify(token, 'session') : null
      return (claim && (await accounts.session(claim.id)))?.user.role === 'owner'
    },

    /** The cookie's token, where it is by the cookie that the caller is known. */
    cookieOf: (req: IncomingMessage): string | undefined =>
      headerToken(req) === null ? cookies.read(req, 'me_session') : undefined,
  }
}

export type Callers = ReturnType<typeof createCallers>

const isWrite = ({ method }: IncomingMessage): boolean => method !== 'GET' && method !== 'HEAD'

/** `Authorization: Bearer TOKEN` or `x-access-token: TOKEN`. */
function headerToken(req: IncomingMessage): string | null {
  const bearer = /^Bearer +(\S.*)$/i.exec(req.headers.authorization ?? '')?.[1]
  const other = req.headers['x-access-token']
  return bearer ?? (typeof other === 'string' ? other : null)
}
