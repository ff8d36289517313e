import type { Clock } from '../../clock.ts'
import { asNick } from '../../nicks/nick.ts'
import type { NickHolds } from '../../nicks/nick-holds.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import type { VisitorsStore } from './visitors.store.ts'

/** Milliseconds between two updates of the connected visitors. */
const SEEN_EVERY = 60_000

type Parts = {
  store: Pick<VisitorsStore, 'saw' | 'seenSince'>
  nickHolds: NickHolds
  lastAddresses: Pick<LastAddresses, 'keep'>
  newcomers: Pick<Newcomers, 'note'>
  clock: Clock
}

/** Stores once a minute which visitors are connected, so that they keep their nicks across a restart. */
export function createVisitorsHere({ store, nickHolds, lastAddresses, newcomers, clock }: Parts) {
  async function note(): Promise<void> {
    await store.saw(nickHolds.connectedVisitors(), clock.now())
    await lastAddresses.keep()
  }

  function scheduleNote(): void {
    clock.after(
      SEEN_EVERY,
      () =>
        void note()
          .catch(() => {})
          .finally(scheduleNote),
    )
  }

  return {
    note,

    /** Reserves the nicks of the visitors who were connected before the restart, for a minute. */
    async start(): Promise<void> {
      const seen = await store.seenSince(clock.now() - 2 * SEEN_EVERY)
      for (const { id, created_at } of seen) newcomers.note(id, created_at)
      await nickHolds.takeAll(
        seen.flatMap(({ id, nick: stored, tab }) => {
          const nick = asNick(stored)
          return nick ? [{ id, nick, tab }] : []
        }),
      )
      scheduleNote()
    },
  }
}
