import type { Clock } from '../clock.ts'
import type { AccountRemoval, LeavingWords, User } from '../contract/index.ts'
import type { Departure } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Session } from '../http/caller.ts'
import type { AccountsStore, Stores } from './accounts.store.ts'
import type { OwnAccount } from './own-account.ts'
import type { HasLeft } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import { noMember, toUser } from './users.ts'

type Parts = {
  store: Pick<AccountsStore, 'byId' | 'holding'>
  sessions: Pick<Sessions, 'tellEnded'>
  ownAccount: Pick<OwnAccount, 'withPassword'>
  clock: Pick<Clock, 'now'>
}

/**
 * Deletes accounts. What is to happen to the messages is noted in the same transaction, for the chat, which does it next
 * (chat/departures). The owner's account stays, because a site without an owner could be taken by anybody.
 */
export function createLeaving({ store, sessions, ownAccount, clock }: Parts) {
  /** Deletes a user within a transaction that locks their row. Returns the user and the ids of the ended sessions. */
  async function removed({ accounts }: Stores, id: string, departure: Omit<Departure, 'left_at'>) {
    const row = await accounts.byId(id)
    if (!row) throw noMember()
    const ended = await accounts.remove(row, { ...departure, left_at: clock.now() })
    return { ended, user: toUser(row) }
  }

  return {
    /** Deletes the user's own account. @throws {Refusal} FORBIDDEN, RATE_LIMITED, UNAUTHENTICATED */
    async leave(session: Session, { password, words }: AccountRemoval, hasLeft: HasLeft): Promise<void> {
      const { id, role } = session.user
      if (role === 'owner') throw ownerStays()
      const { ended } = await ownAccount.withPassword(session, password, hasLeft, (stores) =>
        removed(stores, id, { words, by_owner: 0 }),
      )
      sessions.tellEnded(ended)
    },

    /** Deletes a member's account and returns whose it was. @throws {Refusal} NOT_FOUND, FORBIDDEN */
    async remove(id: string, words: LeavingWords): Promise<User> {
      const row = await store.byId(id)
      if (row?.role === 'owner') throw ownerStays()
      const departure = { words, by_owner: 1 }
      const done = row && (await store.holding({ userId: id }, (stores) => removed(stores, id, departure)))
      if (!done) throw noMember()
      sessions.tellEnded(done.ended)
      return done.user
    },
  }
}

export type Leaving = ReturnType<typeof createLeaving>

const ownerStays = () => new Refusal('FORBIDDEN', "The owner's account cannot be deleted.")
