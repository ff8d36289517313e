import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import { asNick } from '../../nicks/nick.ts'
import type { Regulars } from '../../nicks/regulars.ts'
import type { VisitorsStore } from './visitors.store.ts'

/** Visitors per batch, so that other work waits only briefly. */
const AT_ONCE = 100

type Parts = {
  store: Pick<VisitorsStore, 'withoutKeys' | 'setKeys'>
  regulars: Pick<Regulars, 'note'>
  oneAtATime: OneAtATime
  onFault: (error: unknown) => void
}

/** Makes the keys of nicks that an older version stored, and notes which of their visitors are regulars. */
export function createNickKeys({ store, regulars, oneAtATime, onFault }: Parts) {
  let isStopping = false
  let filling = Promise.resolve()

  async function fill(): Promise<void> {
    // Who was here last comes first: of two who wrote under one nick, they keep it.
    for (let after = { seen_at: Number.MAX_SAFE_INTEGER, id: '' }; !isStopping; await nextTurn()) {
      const rows = await store.withoutKeys(after, AT_ONCE)
      const last = rows.at(-1)
      if (!last) return
      after = last
      const visitors = rows.flatMap(({ id, nick: stored }) => {
        const nick = asNick(stored)
        return nick?.nick === stored ? [{ id, nick }] : []
      })
      if (visitors.length === 0) continue
      await store.setKeys(visitors)
      await regulars.note(visitors)
    }
  }

  return {
    /** Begins, and goes on while the server runs. */
    start(): void {
      filling = oneAtATime('nick keys', fill).then(() => {}, onFault)
    },

    /** Ends after the batch under way. The next start does the rest. */
    async stop(): Promise<void> {
      isStopping = true
      await filling
    },
  }
}
