import type { Clock } from '../../../clock.ts'
import { hashToken } from '../../../hash-token.ts'
import type { Interchange } from '../../../nodes/interchange.ts'
import type { ChatSocket } from './socket-types.ts'

/** Times are monotonic, in milliseconds. `asked` is the last question about other connections of the tab. */
type Tab = { socket: ChatSocket; openedAt: number; asked: { question: string; at: number } | null }

/**
 * Keeps one connection for each identity's tab: a new one replaces the former, so that a half-open one does not linger.
 * The former may be on another node. It ends for good, and what nodes tell each other may be late; so a node that hears
 * of a connection of the same tab asks for it, and ends its own only if the answer says that the other is younger,
 * however long the answer was under way. Of two that were opened within the time that a question takes neither is
 * certain to be younger, and both stay: the one that is half open ends by its time-out.
 */
export function createTabs({ interchange, clock }: { interchange: Interchange; clock: Clock }) {
  const byKey = new Map<string, Tab>()

  interchange.on('tab', ({ key }) => {
    const tab = byKey.get(key)
    if (!tab) return
    const question = crypto.randomUUID()
    tab.asked = { question, at: clock.monotonic() }
    interchange.send('tabAsked', { key, question })
  })

  interchange.on('tabAsked', ({ key, question }) => {
    const tab = byKey.get(key)
    if (tab) interchange.send('tabHeld', { key, question, age: clock.monotonic() - tab.openedAt })
  })

  interchange.on('tabHeld', ({ key, question, age }) => {
    const tab = byKey.get(key)
    // The answer to an earlier question, or to another node's, says nothing about the time of this one.
    if (tab?.asked?.question !== question) return
    // The other connection was opened `age` before a moment after the question.
    if (tab.openedAt < tab.asked.at - age) tab.socket.disconnect(true)
  })

  return {
    /** Makes this the connection of its identity's tab, and closes the previous one. */
    opened(socket: ChatSocket): void {
      const key = keyOf(socket)
      if (!key) return
      const former = byKey.get(key)?.socket
      byKey.set(key, { socket, openedAt: clock.monotonic(), asked: null })
      interchange.send('tab', { key })
      if (former !== socket) former?.disconnect(true)
    },

    closed(socket: ChatSocket): void {
      const key = keyOf(socket)
      if (key && byKey.get(key)?.socket === socket) byKey.delete(key)
    },
  }
}

/**
 * Returns the key of an identity's tab, or null if the client did not name its tab. It holds the tab's hash: who knows a
 * tab's name and its visitor's nick is that visitor, and other nodes are told the key.
 */
function keyOf({ data: { guest, tab } }: ChatSocket): string | null {
  return guest.self && tab ? `${guest.self.id} ${hashToken(tab)}` : null
}
