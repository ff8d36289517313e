import express, { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import { BODY_MAX } from '../contract/index.ts'
import { Refusal, parse } from '../errors.ts'
import { bodyTooLarge } from './error-handler.ts'
import type { Caller, Callers, Who } from './caller.ts'
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

/**
 * Serves the routes; a known path with another method answers 405. The caller of `mount` has counted each request
 * once, so only costs above 1 are counted here.
 */
export function mount(routes: Route[], callers: Pick<Callers, 'authorise'>, charge: Charge): Router {
  const router = Router({ caseSensitive: true })
  for (const [path, alternatives] of Map.groupBy(routes, ({ path }) => path)) {
    const place = router.route(path)
    for (const definition of alternatives) {
      const { cost = 1, bodyMax = BODY_MAX } = definition
      const readBody = express.json({ limit: bodyMax })
      if (cost > 1) place[definition.method](charge(cost - 1))
      place[definition.method](guard(definition, callers), readBody, serve(definition))
    }
    place.all(refuseMethod(alternatives.map(({ method }) => method.toUpperCase())))
  }
  return router
}

const guard = ({ who }: Route, callers: Pick<Callers, 'authorise'>) =>
  async function guard(req: Request, res: Response, next: () => void) {
    // Private to the caller and revalidated each time; a route may override it.
    res.set('Cache-Control', 'private, no-cache')
    res.locals['caller'] = await callers.authorise(req, who)
    next()
  }

const serve = (definition: Route) =>
  async function serve(req: Request, res: Response) {
    if (definition.body && req.body === undefined) {
      // A body that is no JSON was not read, but may still be too large.
      const { bodyMax = BODY_MAX } = definition
      if (Number(req.get('content-length')) > bodyMax) throw bodyTooLarge(bodyMax)
      throw new Refusal('INVALID', 'Send a JSON body, with Content-Type: application/json.')
    }
    res.status(definition.status ?? (definition.answer ? 200 : 204))
    const data = await definition.handle({
      params: definition.params && parse(definition.params, req.params),
      query: definition.query && parse(definition.query, req.query),
      body: definition.body && parse(definition.body, req.body),
      caller: res.locals['caller'] as never,
      req,
      res,
      hasLeft: () => req.socket.destroyed,
    })
    if (definition.isStream || res.headersSent) return
    if (definition.answer) res.json({ data })
    else res.end()
  }

/** Answers 405 with the allowed methods. */
export function refuseMethod(methods: string[]) {
  const allow = [...new Set(methods.includes('GET') ? ['HEAD', ...methods] : methods)].sort().join(', ')
  return (req: Request, res: Response) => {
    res.set('Allow', allow)
    throw new Refusal('METHOD_NOT_ALLOWED', `${req.method} is not allowed here. Allowed: ${allow}.`)
  }
}
