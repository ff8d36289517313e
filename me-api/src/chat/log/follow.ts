import type { Change } from '../../contract/index.ts'
import type { Bus } from './bus.ts'

type Options = {
  /** Reads what follows the cursor from the database; `change` is the one that does not join it. */
  read: (after: number, change: Change) => Promise<Change>
  /** Gets Changes that join end to end. */
  tell: (change: Change) => void
  /** Gets what `read` or `tell` throws; the follower tells nothing more. */
  onFault: (error: unknown) => void
}

/**
 * Follows one room's log from a cursor: offered the Changes of the bus, it tells those that join the cursor, reads what is
 * missing between, and leaves out what was told already. Until `begin` it keeps what it is offered, because a reader has
 * to listen before it reads, so that nothing falls between.
 */
export function createFollower({ read, tell, onFault }: Options) {
  let cursor = 0
  let held: Change[] | null = []
  let isOver = false

  function offer(change: Change): void {
    if (isOver) return
    if (held) held.push(change)
    else if (change.from > cursor) void catchUp(change)
    else if (change.to > cursor) pass(change)
  }

  function pass(change: Change): void {
    if (isOver) return
    cursor = change.to
    try {
      tell(change)
    } catch (error) {
      fail(error)
    }
  }

  /** Reads until the Change that was missing something is told. */
  async function catchUp(change: Change): Promise<void> {
    held = [change]
    try {
      const missed = await read(cursor, change)
      // A read that brings nothing new would be repeated for ever.
      pass(missed.to > cursor || missed.reset ? missed : change)
      release()
    } catch (error) {
      fail(error)
    }
  }

  function release(): void {
    const meanwhile = held ?? []
    held = null
    meanwhile.forEach(offer)
  }

  function fail(error: unknown): void {
    isOver = true
    held = null
    onFault(error)
  }

  return {
    offer,

    /** Tells from that cursor on, what was offered meanwhile included. */
    begin(at: number): void {
      cursor = at
      release()
    },

    end(): void {
      isOver = true
      held = null
    },
  }
}

export type Follower = ReturnType<typeof createFollower>

/** Calls listeners for the Changes of one room, so that a thousand readers of other rooms are not asked. */
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

  /** Calls the listener until the returned function is called. */
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
