import { type Nick, readNick } from '../chat/nick.ts'
import type { Clock } from '../clock.ts'
import { type Credentials, NICK_MAX } from '../contract/index.ts'
import type { AccountsStore } from './accounts.store.ts'
import { hashPassword } from './passwords.ts'
import { addUser, emailTaken, nickColumns, nickReserved } from './users.ts'

type Parts = { store: AccountsStore; clock: Clock }

/** The one account that may write the pages and keep order in the chat. */
export function createOwner({ store, clock }: Parts) {
  return {
    exists: async (): Promise<boolean> => (await store.owner()) !== undefined,

    /**
     * Makes the owner, or gives the owner there is this e-mail and password, asks for no second step, and ends all their
     * sessions.
     * @throws {Refusal} where the e-mail or the nick is a member's
     */
    async set(credentials: Credentials, nick?: Nick): Promise<'made' | 'changed'> {
      const owner = await store.owner()
      if (!owner) {
        await addUser(
          { store, clock },
          { ...credentials, role: 'owner' },
          nick ?? nickFrom(credentials.email),
        )
        return 'made'
      }
      const { email, password } = credentials
      const isAnothers = (user: { id: string } | undefined) => user && user.id !== owner.id
      if (isAnothers(await store.byEmail(email))) throw emailTaken()
      if (nick && isAnothers(await store.byNick(nick))) throw nickReserved()
      const changes = { email, password_hash: await hashPassword(password), ...(nick && nickColumns(nick)) }
      // In one, so that no sign-in that is under way keeps a session by what was so before.
      await store.holding({ userId: owner.id }, async ({ accounts, secondSteps }) => {
        await accounts.update(owner.id, changes)
        await secondSteps.remove(owner.id)
        await accounts.endSessions(owner.id, null)
      })
      return 'changed'
    },

    /** Milliseconds since 1970, or null where the owner was never in the chat. */
    lastSeen: async (): Promise<number | null> => (await store.owner())?.seen_at ?? null,

    /** Notes that the owner is in the chat now. */
    seen: (id: string): Promise<void> => store.update(id, { seen_at: clock.now() }),
  }
}

export type Owner = ReturnType<typeof createOwner>

/** A first nick for an owner who gave none. */
function nickFrom(email: string): Nick {
  const name = email.split('@')[0]?.replace(/[^\p{L}\p{N}_\-.']/gu, '') ?? ''
  return readNick(name.slice(0, NICK_MAX) || 'Owner')
}
