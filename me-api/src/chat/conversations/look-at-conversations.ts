import type { Clock } from '../../clock.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Signals } from '../signals.ts'
import type { ConversationsStore } from './conversations.store.ts'

/** Milliseconds for which a change counts as recent: the nodes' clocks are at most five minutes apart. */
const RECENT = 10 * 60_000

type Parts = {
  store: Pick<ConversationsStore, 'changedSince'>
  signals: Pick<Signals, 'conversationChanged'>
  interchange: Pick<Interchange, 'isUp' | 'onMeeting'>
  clock: Clock
}

/**
 * Looks at the private conversations that have changed lately, however many others there are, and returns how far they
 * are. Where something the other nodes say may have got lost, it also tells what they have begun and what was read there.
 */
export function createConversationsLook({ store, signals, interchange, clock }: Parts) {
  /** When the recent ones had changed at the last look. */
  let seen = new Map<string, number>()
  let mayLackSome = false
  interchange.onMeeting(() => void (mayLackSome = true))

  return async function look(): Promise<{ name: string; rev: number }[]> {
    const recent = await store.changedSince(clock.now() - RECENT)
    const before = seen
    seen = new Map(recent.map(({ name, changedAt }) => [name, changedAt]))
    const isToTell = mayLackSome || !interchange.isUp()
    mayLackSome = !interchange.isUp()
    if (isToTell)
      for (const [room, changedAt] of seen)
        if (before.get(room) !== changedAt)
          signals.conversationChanged.emit({ room, of: 'both', isGone: false })
    return recent
  }
}
