import type { Clock } from '../clock.ts'
import type { Member, OneTimeLink } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore, UserWithUse } from './accounts.store.ts'
import { makeOneTimeLink } from './one-time-links.ts'
import type { OneTimeLinksStore } from './one-time-links.store.ts'
import { noMember, toUser } from './users.ts'

type Parts = { store: AccountsStore; links: OneTimeLinksStore; clock: Pick<Clock, 'now'> }

/** What the owner sees of all accounts, and the links that the owner gives out. */
export function createMembers({ store, links, clock }: Parts) {
  async function memberOf(id: string): Promise<UserRow> {
    const user = await store.byId(id)
    if (!user) throw noMember()
    return user
  }

  return {
    /** Returns every account, the oldest first. */
    list: async (): Promise<Member[]> => (await store.all()).map(toMember),

    nickOf: async (id: string): Promise<string> => (await memberOf(id)).nick,

    /** Makes a link to register on the site `origin`. */
    async invite(origin: string): Promise<OneTimeLink> {
      const { link, row } = makeOneTimeLink('invitation', { origin, userId: null, now: clock.now() })
      await links.add(row)
      return link
    },

    /**
     * Makes a link with which a member sets a new password; it replaces the member's earlier one.
     * @throws {Refusal} NOT_FOUND, FORBIDDEN for the owner
     */
    async resetLink(id: string, origin: string): Promise<OneTimeLink> {
      if ((await memberOf(id)).role === 'owner')
        throw new Refusal('FORBIDDEN', "The owner's password is reset by npm run owner.")
      const { link, row } = makeOneTimeLink('reset', { origin, userId: id, now: clock.now() })
      // The user's row is locked, so that of two links made at once one remains.
      const isMade = await store.holding({ userId: id }, async (stores) => {
        await stores.links.removeOf(id)
        await stores.links.add(row)
        return true
      })
      if (!isMade) throw noMember()
      return link
    },
  }
}

export type Members = ReturnType<typeof createMembers>

/** The owner may be in the chat without a session's use being noted. */
function toMember(row: UserWithUse): Member {
  const lastSeen = Math.max(row.used_at ?? 0, row.role === 'owner' ? (row.seen_at ?? 0) : 0)
  return {
    ...toUser(row),
    createdAt: new Date(row.created_at).toISOString(),
    lastSeenAt: lastSeen ? new Date(lastSeen).toISOString() : null,
  }
}
