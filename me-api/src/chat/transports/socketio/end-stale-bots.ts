import type { Clock } from '../../../clock.ts'
import type { Bots } from '../../bots/bots.ts'
import type { Signals } from '../../signals.ts'
import type { ChatNamespace } from './socket-types.ts'

/** Milliseconds in which a connection that was being let in is there. */
const LET_IN_WITHIN = 10_000

type Parts = {
  namespace: ChatNamespace
  bots: Pick<Bots, 'stale'>
  signals: Pick<Signals, 'botTokenReplaced'>
  clock: Pick<Clock, 'after'>
  onFault: (error: unknown) => void
}

/**
 * Closes the connections of bots that were removed, or have another token than the connection came with: at once where
 * this node hears of it, and whenever the returned function is called.
 */
export function createEndStaleBots({ namespace, bots, signals, clock, onFault }: Parts) {
  async function endStaleBots(): Promise<void> {
    const connected = [...namespace.sockets.values()].flatMap((socket) => {
      const { self, token } = socket.data.guest
      return self?.role === 'bot' ? [{ id: self.id, token, socket }] : []
    })
    for (const { socket } of await bots.stale(connected)) socket.disconnect(true)
  }

  signals.botTokenReplaced.subscribe(() => {
    void endStaleBots().catch(onFault)
    // Whoever has shown the token a moment before may still be on the way in.
    clock.after(LET_IN_WITHIN, () => endStaleBots().catch(onFault))
  })

  return endStaleBots
}
