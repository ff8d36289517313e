import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/**
 * One line a request, under the id that its answer carries. No address, header or query string reaches the log: the
 * first is personal, the others can hold tokens.
 */
export function requestLog(logger: Logger) {
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
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}
