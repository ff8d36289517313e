import type { Response } from 'express'
import type { Clock } from '../clock.ts'

/** Milliseconds between two comment lines, which keep proxies from closing a quiet stream. */
const COMMENT_EVERY = 25_000
/** Bytes that may be queued for a reader, as for a socket; a slower reader has to come back. */
const BACKLOG_MAX = 1024 * 1024
/** Milliseconds until the first browsers reconnect after a restart, and over which the others are spread. */
const BACK_AFTER = 1_000
const BACK_SPREAD = 4_000

/** Keeps streams of Server-Sent Events (HTML §9.2) open through proxies. */
export function keepOpen(streams: () => Iterable<Response>, clock: Clock): void {
  function comment(): void {
    clock.after(COMMENT_EVERY, comment)
    for (const res of streams()) if (res.headersSent) write(res, ':\n\n')
  }
  clock.after(COMMENT_EVERY, comment)
}

export function sendHeaders(res: Response): void {
  // A compressed or buffered stream would arrive only at its end.
  res.set({ 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' })
  res.type('text/event-stream').flushHeaders()
}

/**
 * Ends a stream. One that is still in its first read gets its headers too, because a browser reconnects only to an
 * event stream.
 */
export function endStream(res: Response, text = ''): void {
  if (!res.headersSent) sendHeaders(res)
  res.end(text)
}

/** Ends a stream of a server that stops, each with its own time to reconnect. */
export function endForRestart(res: Response): void {
  endStream(res, `retry: ${Math.round(BACK_AFTER + Math.random() * BACK_SPREAD)}\n\n`)
}

/** Writes to an open stream, and closes that of a reader who is too slow. */
export function write(res: Response, text: string): void {
  if (res.writableLength > BACKLOG_MAX) res.destroy()
  else if (!res.writableEnded) res.write(text)
}
