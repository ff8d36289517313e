/** The server's time when this page's clock (`performance.now()`) stood at 0, in milliseconds since 1970. */
let origin: number | undefined

/**
 * Learns the server's time from an answer's `Date` header. Of several answers the latest time counts: an answer on its
 * way or in a cache is late, never early.
 */
export function learnServerTime(date: string | null): void {
  const time = Date.parse(date ?? '')
  if (!Number.isNaN(time)) origin = Math.max(origin ?? -Infinity, time - performance.now())
}

/** The server's time in milliseconds since 1970; this machine's, until an answer has come. */
export const serverNow = (): number => (origin === undefined ? Date.now() : origin + performance.now())
