import { Refusal } from '../../../errors.ts'
import { noticeOf } from '../../moderation/active-sanctions.ts'
import type { SanctionChecks } from '../../moderation/sanction-checks.ts'
import type { ChatSocket } from './socket-types.ts'

export type EndBanned = (socket: ChatSocket) => Promise<boolean>

/**
 * Returns a function that ends a connection, after a notice, if its person is banned or the ban of an address covers
 * them; it returns whether it did.
 */
export function createEndBanned({ mayBeHere }: Pick<SanctionChecks, 'mayBeHere'>): EndBanned {
  return async function endBanned(socket: ChatSocket): Promise<boolean> {
    const { guest, address } = socket.data
    if (!guest.self) return false
    try {
      await mayBeHere(guest.self, address)
      return false
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      socket.emit('notice', noticeOf(error))
      socket.disconnect(true)
      return true
    }
  }
}
