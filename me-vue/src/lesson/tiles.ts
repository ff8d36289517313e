/** What became of a message in a lane. */
export type Tile = { seq: number; is: 'here' | 'coming' | 'lost' }

type Lane = {
  /** The numbers of the messages that arrived. */
  arrived: ReadonlySet<number>
  /** Nothing comes again: what was said while it was away is lost. */
  forgets: boolean
  /** The newest message that was said before it was last connected: what it lacks of these never comes. */
  connectedAfter: number
}

/**
 * The messages from one number to another, as they stand in a lane. A message that is not there is coming where the lane
 * asks for it, and lost where nobody does: one before another that has arrived, or before the lane was connected.
 */
export function tilesOf({ arrived, forgets, connectedAfter }: Lane, first: number, last: number): Tile[] {
  const newest = Math.max(connectedAfter, ...arrived)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at): Tile => {
    const seq = first + at
    if (arrived.has(seq)) return { seq, is: 'here' }
    return { seq, is: forgets && seq <= newest ? 'lost' : 'coming' }
  })
}

export const countLost = (tiles: Tile[]): number => tiles.filter(({ is }) => is === 'lost').length
