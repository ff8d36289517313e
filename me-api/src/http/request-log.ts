import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import type { LogAddressHash } from './log-address-hash.ts'
import type { AddressOf } from './client-address.ts'

/**
 * One line a request, under the id that its answer carries. No header or query string reaches the log, as they can hold
 * tokens, and no address but as a keyed hash.
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
    // What went wrong is logged where it is caught; that the status is 503 needs no stack.
    customErrorObject: (_req, { statusCode }, _error, { err, ...line }: { err?: unknown }) =>
      statusCode === 503 ? line : { ...line, err },
    serializers: {
      req: ({ id, method, url, raw }: { id: string; method: string; url: string; raw: IncomingMessage }) => ({
        id,
        method,
        path: url.split('?')[0],
        client: mask(addressOf(raw)),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}

/** That there is no room for a request now is no fault: anybody can have it said a thousand times a second. */
const isFault = ({ statusCode }: ServerResponse): boolean => statusCode >= 500 && statusCode !== 503
