import type { Clock } from '../clock.ts'
import type { PasswordReset } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { hashToken } from '../hash-token.ts'
import type { AccountsStore } from './accounts.store.ts'
import type { OneTimeLinksStore } from './one-time-links.store.ts'
import { type HasLeft, hashPassword } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import type { SignInLimiter } from './sign-in-limiter.ts'
import type { WeakPasswords } from './weak-passwords.ts'

type Parts = {
  store: AccountsStore
  links: OneTimeLinksStore
  sessions: Sessions
  signInLimiter: SignInLimiter
  weakPasswords: WeakPasswords
  clock: Pick<Clock, 'now'>
}

/** Sets a new password by a link from the owner or a mail. The second step stays on. */
export function createPasswordReset({ store, links, sessions, signInLimiter, weakPasswords, clock }: Parts) {
  /** Returns the user for whom a link was made; wrong links are counted by address, like failed sign-ins. */
  const userOf = (hash: string, address: string | null): Promise<UserRow> =>
    signInLimiter.counting({ email: null, isKnown: false, address, device: null }, async () => {
      const link = await links.find(hash, 'reset', clock.now())
      const user = link?.user_id ? await store.byId(link.user_id) : undefined
      if (!user) throw invalidLink()
      return user
    })

  return {
    /**
     * Sets the password, and ends all sessions of the user and every such link. A password is
     * hashed only for a valid link, because hashing is costly.
     * @throws {Refusal} FORBIDDEN, WEAK, RATE_LIMITED, UNAVAILABLE
     */
    async reset(
      { token, password }: PasswordReset,
      { address, hasLeft }: { address: string | null; hasLeft: HasLeft },
    ): Promise<void> {
      const hash = hashToken(token)
      const user = await userOf(hash, address)
      await weakPasswords.refuse(password, user)
      const passwordHash = await hashPassword(password, hasLeft)
      const ended = await store.holding({ userId: user.id }, async (stores) => {
        if (!(await stores.links.use(hash))) return null
        await stores.links.removeOf(user.id)
        await stores.accounts.update(user.id, { password_hash: passwordHash })
        return stores.accounts.endSessions(user.id, null)
      })
      if (!ended) throw invalidLink()
      sessions.tellEnded(ended)
    },
  }
}

export type PasswordResets = ReturnType<typeof createPasswordReset>

const invalidLink = () =>
  new Refusal('FORBIDDEN', 'That link is not valid, or no longer. Ask for a new one.', { pointer: '/token' })
