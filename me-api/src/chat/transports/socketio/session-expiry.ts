import type { Accounts } from '../../../accounts/accounts.ts'
import type { Clock } from '../../../clock.ts'
import type { ChatNamespace } from './socket-types.ts'

/** Milliseconds between two checks. */
const EVERY = 5_000

type Parts = { namespace: ChatNamespace; accounts: Accounts; clock: Clock; end: (sessionId: string) => void }

/**
 * Closes the connections of sessions that ended elsewhere: by expiry, or by another process such as `npm run owner`.
 * Sessions ended by this process close at once.
 */
export function watchSessions(parts: Parts): void {
  const { namespace, accounts, clock, end } = parts
  clock.after(EVERY, async () => {
    try {
      await endEnded()
    } finally {
      watchSessions(parts)
    }
  })

  async function endEnded(): Promise<void> {
    const ids = new Set([...namespace.sockets.values()].flatMap(({ data }) => data.guest.sessionId ?? []))
    for (const id of ids) {
      // A database error ends no session.
      const session = await accounts.session(id).catch(() => undefined)
      if (session === null) end(id)
    }
  }
}
