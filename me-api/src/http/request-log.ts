import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import type { LogAddressHash } from './log-address-hash.ts'
import type { AddressOf } from './client-address.ts'

/**
 * Logs one line per request, with the id that its answer carries. Headers and query strings, which may hold tokens,
 * stay out of the log, and addresses appear only as keyed hashes.
 */
export function requestLog(logger: Logger, addressOf: AddressOf, mask: LogAddressHash) {
  return pinoHttp({
    logger,
    genReqId(_req: IncomingMessage, res: ServerResponse) {
      const id = randomUUID()
      res.setHeader('X-Request-Id', id)
      return id
    },
    autoLogging: { ignore: ({ url = '' }) => /^\/(healthz|readyz|assets\/)/.test(url) },
    customLogLevel: (_req, res, error) => (error || isFault(res) ? 'error' : 'info'),
    customErrorMessage: (_req, res) => (isFault(res) ? 'request errored' : 'request completed'),
    // An error is logged where it is caught; a status of 503 needs no stack.
    customErrorObject: (_req, { statusCode }, _error, { err, ...line }: { err?: unknown }) =>
      statusCode === 503 ? line : { ...line, err },
    serializers: {
      req: ({ id, method, url, raw }: { id: string; method: string; url: string; raw: IncomingMessage }) => ({
        id,
        method,
        path: withoutTokens(url.split('?')[0] ?? ''),
        client: mask(addressOf(raw)),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}

/**
 * Hides what follows `/hooks/`, and whatever looks like the token of a bot: who knows it can write as the bot. So may who has
 * the link of a mail.
 */
const withoutTokens = (path: string): string =>
  path
    .replace(/^\/(answer|unsubscribe)\/.+/i, '/$1/:token')
    .replace(/(\/hooks\/+)[^/]*/gi, '$1:token')
    .replace(/bot_[\w-]{20,}/gi, ':token')

/** 503 counts as no fault, because anybody can cause a thousand of them per second. */
const isFault = ({ statusCode }: ServerResponse): boolean => statusCode >= 500 && statusCode !== 503
