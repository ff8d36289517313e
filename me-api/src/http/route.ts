import express, { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import { BODY_MAX, type OwnerAction, type Person } from '../contract/index.ts'
import { Refusal, parse } from '../errors.ts'
import { bodyTooLarge } from './error-handler.ts'
import { type Caller, type Callers, type Who, requireFreshProof } from './caller.ts'
import type { Charge } from './request-limit.ts'

/** A handler's argument: the parsed input, and the caller that `who` guarantees. */
type Call<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, W extends Who> = {
  params: z.output<Params>
  query: z.output<Query>
  body: z.output<Body>
  caller: W extends 'user' | 'owner'
    ? Caller & { kind: 'user' }
    : W extends 'writer'
      ? Caller
      : W extends 'all' | 'reader'
        ? Caller | null
        : null
  req: Request
  res: Response
  /** Whether the client has disconnected, so that nobody waits for the answer. */
  hasLeft: () => boolean
}

type LogEntry = [action: OwnerAction, subject: string | null]

type Definition<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, W extends Who> = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In Express's syntax, below `/api`. */
  path: string
  who: W
  summary: string
  params?: Params
  query?: Query
  body?: Body
  /** The schema of `data`; none if the answer is empty (204). */
  answer?: z.ZodType
  /** The default status, which the handler may change: 200, or 204 without an answer. */
  status?: number
  /** Whether a request without a body is valid; the schema then parses `undefined`. */
  bodyOptional?: boolean
  /** Whether the session must have proved itself within the last hour, else the route answers PASSWORD_REQUIRED. */
  fresh?: boolean
  /** What the log of the owner's account records where the owner has called the route with success, and of what. */
  logged?: (done: {
    params: z.output<Params>
    body: z.output<Body>
    data: unknown
  }) => LogEntry | Promise<LogEntry>
  /** The largest body in bytes; default `BODY_MAX`. */
  bodyMax?: number
  /** Whether the handler reads `If-Match` (http/if-match.ts). */
  ifMatch?: boolean
  /** How many requests this one counts as in `LIMIT_REQUESTS`; default 1. */
  cost?: number
  /** The handler answers itself with a stream of events of the schema `answer`. */
  isStream?: boolean
  handle: (call: Call<Params, Query, Body, W>) => unknown
}

export type Route = Definition<z.ZodType, z.ZodType, z.ZodType, Who>

/** Declares a route once: guard, validation, handler and API description. */
export function route<
  W extends Who,
  Params extends z.ZodType = never,
  Query extends z.ZodType = never,
  Body extends z.ZodType = never,
>(definition: Definition<Params, Query, Body, W>): Route {
  return definition as unknown as Route
}

/** Adds to the log of the owner's account. */
type LogAction = (by: Person, action: OwnerAction, subject: string | null) => Promise<void>

type Parts = { callers: Pick<Callers, 'authorise'>; charge: Charge; logAction: LogAction }

/**
 * Serves the routes; a known path with another method answers 405. The caller of `mount` has counted each request
 * once, so only costs above 1 are counted here.
 */
export function mount(routes: Route[], { callers, charge, logAction }: Parts): Router {
  const router = Router({ caseSensitive: true })
  for (const [path, alternatives] of Map.groupBy(routes, ({ path }) => path)) {
    const place = router.route(path)
    for (const definition of alternatives) {
      const { cost = 1, bodyMax = BODY_MAX } = definition
      const readBody = express.json({ limit: bodyMax })
      if (cost > 1) place[definition.method](charge(cost - 1))
      place[definition.method](guard(definition, callers), readBody, serve(definition, logAction))
    }
    place.all(refuseMethod(alternatives.map(({ method }) => method.toUpperCase())))
  }
  return router
}

const guard = ({ who, fresh }: Route, callers: Pick<Callers, 'authorise'>) =>
  async function guard(req: Request, res: Response, next: () => void) {
    // Private to the caller and revalidated each time; a route may override it.
    res.set('Cache-Control', 'private, no-cache')
    const caller = await callers.authorise(req, who)
    // A visitor has nothing to prove.
    if (fresh && caller?.kind === 'user') requireFreshProof(caller.session)
    res.locals['caller'] = caller
    next()
  }

const serve = (definition: Route, logAction: LogAction) =>
  async function serve(req: Request, res: Response) {
    if (definition.body && req.body === undefined && !(definition.bodyOptional && isEmpty(req))) {
      // A body that is no JSON was not read, but may still be too large.
      const { bodyMax = BODY_MAX } = definition
      if (Number(req.get('content-length')) > bodyMax) throw bodyTooLarge(bodyMax)
      throw new Refusal('INVALID', 'Send a JSON body, with Content-Type: application/json.')
    }
    res.status(definition.status ?? (definition.answer ? 200 : 204))
    const params = definition.params && parse(definition.params, req.params)
    const query = definition.query && parse(definition.query, req.query)
    const body = definition.body && parse(definition.body, req.body)
    const caller = res.locals['caller'] as Caller | null
    const hasLeft = () => req.socket.destroyed
    const data = await definition.handle({ params, query, body, caller: caller as never, req, res, hasLeft })
    if (definition.logged && caller?.person.role === 'owner')
      await logAction(caller.person, ...(await definition.logged({ params, body, data })))
    if (definition.isStream || res.headersSent) return
    if (definition.answer) res.json({ data })
    else res.end()
  }

/** Whether a request has no body, whatever its content type says. */
const isEmpty = (req: Request): boolean =>
  req.headers['transfer-encoding'] === undefined && Number(req.get('content-length') ?? 0) === 0

/** Answers 405 with the allowed methods. */
export function refuseMethod(methods: string[]) {
  const allow = [...new Set(methods.includes('GET') ? ['HEAD', ...methods] : methods)].sort().join(', ')
  return (req: Request, res: Response) => {
    res.set('Allow', allow)
    throw new Refusal('METHOD_NOT_ALLOWED', `${req.method} is not allowed here. Allowed: ${allow}.`)
  }
}
