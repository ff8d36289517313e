import { type Nick, readNick, asNick } from '../nicks/nick.ts'
import type { Clock } from '../clock.ts'
import { cutText } from '../contract/cut-text.ts'
import { type Credentials, NICK_MAX } from '../contract/index.ts'
import type { AccountsStore } from './accounts.store.ts'
import { hashPassword } from './passwords.ts'
import { addUser, nickColumns, requireFree } from './users.ts'
import type { WeakPasswords } from './weak-passwords.ts'

type Parts = { store: AccountsStore; weakPasswords: WeakPasswords; clock: Clock }

/** `heldNick` is the nick that a new owner did not get because a member has it; null otherwise. */
type OwnerMade = { nick: string; heldNick: string | null }
type OwnerSet = OwnerMade & { was: 'made' | 'changed' }

/** The owner: the one account that may edit the pages and moderate the chat. */
export function createOwner({ store, weakPasswords, clock }: Parts) {
  /** Returns the nick itself if it is free, else the first free one of "ada 2", "ada 3" … */
  async function nextFree(wanted: Nick): Promise<Nick> {
    for (let number = 2, nick = wanted; ; number++) {
      if (!(await store.byNick(nick))) return nick
      const base = cutText(wanted.nick, NICK_MAX - ` ${number}`.length)
      nick = readNick(`${base} ${number}`)
    }
  }

  /**
   * Creates the owner; without a chosen nick, with the next free one if a member has the nick of the e-mail. Returns
   * null if there is an owner, which another program may make at the same moment.
   * @throws {Refusal} if the e-mail or the chosen nick is a member's; WEAK
   */
  async function make(credentials: Credentials, nick?: Nick): Promise<OwnerMade | null> {
    if (await store.owner()) return null
    const wanted = nick ?? nickFrom(credentials.email)
    const given = nick ?? (await nextFree(wanted))
    await weakPasswords.refuse(credentials.password, { email: credentials.email, nick: given.nick })
    try {
      await addUser({ store, clock }, { ...credentials, role: 'owner' }, given)
    } catch (error) {
      if (await store.owner()) return null
      throw error
    }
    return { nick: given.nick, heldNick: given === wanted ? null : wanted.nick }
  }

  /** Changes the owner's e-mail and password, turns off their second step, removes their passkeys and ends their sessions. */
  async function change({ email, password }: Credentials, nick?: Nick): Promise<OwnerMade> {
    const owner = await store.owner()
    if (!owner) throw new Error('There is no owner to change.')
    await requireFree(store, { id: owner.id, nick, email })
    await weakPasswords.refuse(password, { email, nick: (nick ?? owner).nick })
    const changes = { email, password_hash: await hashPassword(password), ...(nick && nickColumns(nick)) }
    // One transaction, so that a concurrent sign-in gets no session with the old password.
    await store.holding({ userId: owner.id }, async ({ accounts, twoFactorStore, passkeysStore, links }) => {
      await accounts.update(owner.id, changes)
      await links.removeOf(owner.id)
      await twoFactorStore.remove(owner.id)
      await passkeysStore.removeAll(owner.id)
      await accounts.endSessions(owner.id, null)
    })
    return { nick: (nick ?? owner).nick, heldNick: null }
  }

  return {
    make,

    /** Returns whom to write to, null while there is no owner. */
    async contact(): Promise<{ id: string; email: string; nick: string } | null> {
      return (await store.owner()) ?? null
    },

    exists: async (): Promise<boolean> => (await store.owner()) !== undefined,

    /** Makes the owner, or changes the one there is. @throws {Refusal} like `make` */
    async set(credentials: Credentials, nick?: Nick): Promise<OwnerSet> {
      const made = await make(credentials, nick)
      if (made) return { was: 'made', ...made }
      return { was: 'changed', ...(await change(credentials, nick)) }
    },

    /** Returns when the owner was last in the chat, in milliseconds since 1970; null for never. */
    lastSeen: async (): Promise<number | null> => (await store.owner())?.seen_at ?? null,

    /** Stores that the owner is in the chat now. */
    async seen(id: string): Promise<void> {
      await store.update(id, { seen_at: clock.now() })
    },
  }
}

export type Owner = ReturnType<typeof createOwner>

export const ownersNickWasHeld = (held: string, given: string): string =>
  `The nick "${held}" is a member's, so that the owner's is "${given}" until the owner chooses another in the chat.`

/** Derives an owner's first nick from the part of the e-mail before the @, if that is a valid nick. */
function nickFrom(email: string): Nick {
  const name = email.split('@')[0]?.replace(/[^\p{L}\p{N}_\-.']/gu, '') ?? ''
  return asNick(cutText(name, NICK_MAX)) ?? readNick('Owner')
}
