import type { RequestHandler } from 'express'

/**
 * Lets a condition decide between 304 and a full answer, whatever else the request says about caching (RFC 9110
 * §13.1.2). Express and its files refuse 304 to a request with `Cache-Control: no-cache`, which Node's `fetch` adds to
 * each request with a condition. Nothing else here reads that header of a request.
 */
export const evaluateConditions: RequestHandler = (req, _res, next) => {
  delete req.headers['cache-control']
  next()
}
