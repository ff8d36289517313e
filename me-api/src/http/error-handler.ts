import type { ServerResponse } from 'node:http'
import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Logger } from 'pino'
import type {} from 'pino-http'
import { type ErrorBody, type ErrorCode, statusOfCode } from '../contract/index.ts'
import { isUnavailable } from '../db/open-database.ts'
import { Refusal } from '../errors.ts'
import type { LogFault } from './fault-log.ts'

const titles: Record<ErrorCode, string> = {
  INVALID: 'Not valid',
  TOO_LONG: 'Too long',
  NICK_REQUIRED: 'A nick is needed',
  NICK_INVALID: 'Not a nick',
  WEAK: 'The password is too weak',
  UNAUTHENTICATED: 'Not signed in',
  TOKEN_INVALID: 'The token is not valid',
  FORBIDDEN: 'Not allowed',
  NO_OWNER: 'No owner yet',
  MUTED: 'Muted',
  BANNED: 'Banned',
  ROOM_LOCKED: 'The room is locked',
  LINKS_NOT_YET: 'No links yet',
  PROOF_REQUIRED: 'A proof of work is needed',
  PASSWORD_REQUIRED: 'The password is needed again',
  NOT_FOUND: 'Not found',
  METHOD_NOT_ALLOWED: 'Method not allowed',
  CONFLICT: 'Conflict',
  NICK_TAKEN: 'The nick is taken',
  NICK_RESERVED: 'The nick is reserved',
  TOO_LARGE: 'Too large',
  MISDIRECTED: 'Another site',
  RATE_LIMITED: 'Too many',
  INTERNAL: 'Something went wrong here',
  UNAVAILABLE: 'Not available now',
}

/** Answers a refused request with a page. Returns false where there is none to show. */
type ShowRefusal = (refusal: Refusal, req: Request, res: Response) => Promise<boolean>

/**
 * Answers a failed request, without internal details: with a page where `show` has one, else in the contract's error
 * shape.
 */
export const createErrorHandler =
  (tell: (code: ErrorCode) => void, logFault: LogFault, show?: ShowRefusal): ErrorRequestHandler =>
  async (error, req, res, next) => {
    if (res.headersSent) return next(error)
    const refusal = toRefusal(error)
    tell(refusal.code)
    logLimit(req.log, refusal)
    if (!(error instanceof Refusal) && (refusal.code === 'INTERNAL' || refusal.code === 'UNAVAILABLE'))
      logFault(req.log, error, 'request failed')
    if (refusal.retryAfter !== undefined) res.set('Retry-After', String(Math.ceil(refusal.retryAfter)))
    res.status(statusOf(refusal))
    if (!(await show?.(refusal, req, res))) res.json(toBody(refusal))
  }

/** Logs which limit refused somebody. */
export function logLimit(log: Pick<Logger, 'debug'>, { code, limit }: Refusal): void {
  if (limit) log.debug({ limit, code }, 'limit hit')
}

/** Sends a refusal in the error shape of docs/contract.md §3 for a request that does not reach Express. */
export function sendRefusal(res: ServerResponse, refusal: Refusal): void {
  const body = Buffer.from(JSON.stringify(toBody(refusal)))
  res.writeHead(statusOf(refusal), {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  })
  res.end(body)
}

const statusOf = ({ status, code }: Refusal): number => status ?? statusOfCode[code]

function toBody({ problems, reason, status, version }: Refusal): ErrorBody {
  return {
    errors: problems.map(({ code, detail, pointer }) => ({
      status: status ?? statusOfCode[code],
      code,
      title: titles[code],
      detail,
      ...(pointer && { source: { pointer } }),
      ...(reason && { reason }),
      ...(version !== undefined && { version }),
    })),
  }
}

/** Creates the refusal of a body of more than `max` bytes. */
export const bodyTooLarge = (max: number): Refusal =>
  new Refusal('TOO_LARGE', `The body is over ${max / 1024} KiB.`)

/** Turns any error into a refusal for the client; a fault loses its details. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isUnavailable(error))
    return new Refusal('UNAVAILABLE', 'The database does not answer.', { retryAfter: 2 })
  const { status, type, limit } = (error ?? {}) as { status?: unknown; type?: unknown; limit?: unknown }
  if (type === 'entity.too.large') return bodyTooLarge(Number(limit))
  if (type === 'entity.parse.failed') return new Refusal('INVALID', 'The body is not valid JSON.')
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal('INVALID', 'The request cannot be read.')
  }
  return new Refusal('INTERNAL', 'The server failed. The request id helps to find the error in the log.')
}
