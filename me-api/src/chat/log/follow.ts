import type { Change } from '../../contract/index.ts'
import type { Bus } from './bus.ts'

type Options = {
  /**
   * Reads the Changes after the cursor from the database. `change` is the one that leaves a gap; null passes over it,
   * because it is not true.
   */
  read: (after: number, change: Change) => Promise<Change | null>
  /** Receives Changes without gaps. */
  tell: (change: Change) => void
  /** Receives what `read` or `tell` throws. The follower then stops. */
  onFault: (error: unknown) => void
}

/**
 * Follows one room's log from a cursor. The caller offers each Change of the bus; the follower passes on those that
 * continue at the cursor, reads the missing ones from the database and skips those already passed on. It buffers what
 * it is offered until `begin`, because a reader subscribes before its first read so that no Change is lost in
 * between.
 */
export function createFollower({ read, tell, onFault }: Options) {
  let cursor = 0
  let buffered: Change[] | null = []
  let hasEnded = false

  function offer(change: Change): void {
    if (hasEnded) return
    if (buffered) buffered.push(change)
    else if (change.reset) pass(change)
    else if (change.from > cursor) void catchUp(change)
    else if (change.to > cursor) pass(change)
  }

  function pass(change: Change): void {
    if (hasEnded) return
    cursor = change.to
    try {
      tell(change)
    } catch (error) {
      fail(error)
    }
  }

  /** Reads the missing Changes and buffers those offered meanwhile. */
  async function catchUp(change: Change): Promise<void> {
    buffered = [change]
    try {
      const missed = await read(cursor, change)
      // A read without progress would repeat forever, so the follower skips the gap.
      if (missed) pass(missed.to > cursor || missed.reset ? missed : change)
      else buffered?.shift()
      release()
    } catch (error) {
      fail(error)
    }
  }

  function release(): void {
    const changes = buffered ?? []
    buffered = null
    changes.forEach(offer)
  }

  function fail(error: unknown): void {
    hasEnded = true
    buffered = null
    onFault(error)
  }

  return {
    offer,
    cursor: (): number => cursor,

    /** Passes on the Changes after this cursor, including those buffered so far. */
    begin(at: number): void {
      cursor = at
      release()
    },

    end(): void {
      hasEnded = true
      buffered = null
    },
  }
}

export type Follower = ReturnType<typeof createFollower>

/** Routes Changes to the listeners of their room, so that a Change costs nothing for readers of other rooms. */
export function createRoomListeners(bus: Bus, onFault: (error: unknown) => void) {
  const byRoom = new Map<string, Set<(change: Change) => void>>()

  bus.subscribe((change) => {
    for (const listener of byRoom.get(change.room) ?? []) {
      try {
        listener(change)
      } catch (error) {
        onFault(error)
      }
    }
  })

  /** Subscribes a listener to a room; the returned function unsubscribes it. */
  return function listen(room: string, listener: (change: Change) => void): () => void {
    const listeners = byRoom.get(room) ?? new Set()
    byRoom.set(room, listeners.add(listener))
    return function stop(): void {
      listeners.delete(listener)
      if (listeners.size === 0 && byRoom.get(room) === listeners) byRoom.delete(room)
    }
  }
}

export type Listen = ReturnType<typeof createRoomListeners>
