import { randomUUID } from 'node:crypto'
import type { Nick } from '../nicks/nick.ts'
import type { Clock } from '../clock.ts'
import type { Credentials, Person, User } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore } from './accounts.store.ts'
import { type HasLeft, hashPassword } from './passwords.ts'

type Parts = { store: AccountsStore; clock: Clock }

/** `invitation` is the hash of a one-time link. */
type NewUser = Credentials & { role: User['role']; person?: string | null; invitation?: string | null }

/**
 * @throws {Refusal} where the e-mail or the nick is another's, the invitation was used meanwhile, or a second owner is
 * to be added
 */
export async function addUser(
  { store, clock }: Parts,
  { email, password, role, person = null, invitation = null }: NewUser,
  nick: Nick,
  hasLeft?: HasLeft,
): Promise<UserRow> {
  const row = {
    id: randomUUID(),
    email,
    password_hash: await hashPassword(password, hasLeft),
    ...nickColumns(nick),
    role,
    seen_at: null,
    created_at: clock.now(),
    person,
  }
  const isAdded = await (role === 'owner'
    ? store.insertOwner(row)
    : invitation === null
      ? store.insert(row)
      : store.insertInvited(row, invitation))
  if (!isAdded) throw (await store.byEmail(email)) ? emailTaken() : nickReserved()
  return row
}

export const nickColumns = ({ nick, key, look }: Nick) => ({ nick, nick_key: key, nick_look: look })

export const toUser = ({ id, email, nick, role }: UserRow): User => ({ id, email, nick, role })

export const toPerson = ({ id, nick, role }: User): Person => ({ id, nick, role })

/** @throws {Refusal} CONFLICT, NICK_RESERVED where somebody other than `id` has the e-mail or the nick that is given */
export async function requireFree(
  store: Pick<AccountsStore, 'byEmail' | 'byNick' | 'botByNick'>,
  { id, nick, email }: { id: string; nick?: Nick | null | undefined; email?: string | undefined },
): Promise<void> {
  const isAnothers = (one: { id: string } | undefined) => one !== undefined && one.id !== id
  if (email !== undefined && isAnothers(await store.byEmail(email))) throw emailTaken()
  if (!nick) return
  if (isAnothers(await store.byNick(nick)) || isAnothers(await store.botByNick(nick))) throw nickReserved()
}

export const emailTaken = () =>
  new Refusal('CONFLICT', 'There is already an account with that e-mail.', { pointer: '/email' })

export const nickReserved = () =>
  new Refusal(
    'NICK_RESERVED',
    "That nick is reserved: it is a member's or a bot's, or looks like the owner's name or a role here.",
    { pointer: '/nick' },
  )

export const noMember = () => new Refusal('NOT_FOUND', 'There is no member with that id.')
