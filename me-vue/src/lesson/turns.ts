/**
 * Requests that the lanes hold open at once. Over HTTP/1.1 a browser has six connections to a site (RFC 9112 §9.4 names no
 * number; browsers chose six): one is for what polls and is said here, one for Socket.IO's own sending, and one for
 * another tab of the site.
 */
export const HELD_AT_ONCE = 3
/** Milliseconds of a turn. */
export const TURN = 10_000

/**
 * Those that rest in a turn, where more want to hold a request than may. Everybody's turn to rest comes, one after the
 * other in their order.
 */
export function restingIn<Name>(turn: number, wanting: Name[], places: number): Name[] {
  const resting = Math.max(0, wanting.length - places)
  return Array.from({ length: resting }, (_, at) => wanting[(turn * resting + at) % wanting.length]!)
}
