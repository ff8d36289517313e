import type { AccountChange, User } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Session } from '../http/caller.ts'
import { type Nick, readNick } from '../nicks/nick.ts'
import type { Accounts } from './accounts.ts'
import type { AccountsStore, Stores } from './accounts.store.ts'
import type { OwnAccount } from './own-account.ts'
import type { HasLeft } from './passwords.ts'
import { nickColumns, requireFree, toUser } from './users.ts'

type Parts = {
  store: Pick<AccountsStore, 'byEmail' | 'byNick' | 'botByNick'>
  accounts: Pick<Accounts, 'whileClaiming'>
  ownAccount: Pick<OwnAccount, 'withPassword'>
}

type Request = {
  /** Throws where the user may not take another nick now, as when they are muted. */
  mayRename: () => Promise<void>
  hasLeft: HasLeft
}

/** Changes a user's own nick and e-mail, both or none. */
export function createAccountChange({ store, accounts, ownAccount }: Parts) {
  /**
   * The nick that the user has is no change, even where today's rules would refuse it.
   * @throws {Refusal} NICK_INVALID, NICK_TAKEN, NICK_RESERVED, CONFLICT, FORBIDDEN, MUTED, BANNED, RATE_LIMITED
   */
  async function change(
    session: Session,
    { nick: input, email, password }: AccountChange,
    { mayRename, hasLeft }: Request,
  ): Promise<User> {
    const { user } = session
    const nick = input === undefined || input === user.nick ? null : readNick(input)
    const wanted = { id: user.id, nick, email }
    const save = () =>
      ownAccount
        .withPassword(session, password, hasLeft, (stores) => saved(stores, wanted))
        .catch(explain(wanted))
    if (!nick) return save()
    await mayRename()
    return accounts.whileClaiming(user, nick, save)
  }

  async function saved({ accounts, links }: Stores, wanted: Wanted): Promise<User> {
    await requireFree(accounts, wanted)
    const { id, nick, email } = wanted
    const changes = { ...(nick && nickColumns(nick)), ...(email !== undefined && { email }) }
    if (Object.keys(changes).length > 0) await accounts.update(id, changes)
    // A link to set the password may lie in the mailbox that is given up.
    if (email !== undefined) await links.removeOf(id)
    return toUser((await accounts.byId(id)) as UserRow)
  }

  /** Somebody may have got the nick or the e-mail at the same moment, which the database then refuses. */
  const explain = (wanted: Wanted) =>
    async function explain(error: unknown): Promise<never> {
      if (!(error instanceof Refusal)) await requireFree(store, wanted)
      throw error
    }

  return { change }
}

type Wanted = { id: string; nick: Nick | null; email: string | undefined }

export type AccountChanges = ReturnType<typeof createAccountChange>
