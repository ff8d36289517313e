import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import type { AddressMask } from './address-mask.ts'
import type { AddressOf } from './addresses.ts'

/**
 * One line a request, under the id that its answer carries. No header or query string reaches the log, as they can hold
 * tokens, and no address but as a keyed hash.
 */
export function requestLog(logger: Logger, addressOf: AddressOf, mask: AddressMask) {
  return pinoHttp({
    logger,
    genReqId(_req: IncomingMessage, res: ServerResponse) {
      const id = randomUUID()
      res.setHeader('X-Request-Id', id)
      return id
    },
    autoLogging: { ignore: ({ url = '' }) => /^\/(healthz|readyz|assets\/)/.test(url) },
    customLogLevel: (_req, { statusCode }, error) => (error || statusCode >= 500 ? 'error' : 'info'),
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
