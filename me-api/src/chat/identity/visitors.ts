import { randomUUID } from 'node:crypto'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import { nickReserved } from '../../accounts/users.ts'
import type { Clock } from '../../clock.ts'
import type { Identity, Person } from '../../contract/index.ts'
import type { AlsoStored } from '../../db/tables.ts'
import { Refusal } from '../../errors.ts'
import { hashToken } from '../../hash-token.ts'
import { type NickHolds, nickTaken } from '../../nicks/nick-holds.ts'
import type { ClaimNick } from '../../nicks/claim-nick.ts'
import { type Nick, readNick } from '../../nicks/nick.ts'
import type { Regulars } from '../../nicks/regulars.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import type { EndedIdentities } from './ended-identities.ts'
import type { Admission, Origin } from './admission.ts'
import type { Persons } from '../moderation/persons.ts'
import type { Signals } from '../signals.ts'
import type { VisitorsStore } from './visitors.store.ts'

/** The origin of a request for a visitor: also the tab, and an identity proven by a token or cookie. */
export type VisitorOrigin = Origin & { tab?: string | null | undefined; provenId?: string | null | undefined }

type Parts = {
  store: VisitorsStore
  nickHolds: NickHolds
  claimNick: ClaimNick
  regulars: Pick<Regulars, 'isKept' | 'keeperInTab' | 'note'>
  accounts: Pick<Accounts, 'isReserved'>
  tokens: Pick<Tokens, 'sign'>
  admission: Admission
  persons: Pick<Persons, 'existingIdentityOf' | 'personOf'>
  /** Applies a person's mutes and bans to their new identity. */
  carryOver: (identity: { id: string; nick: string }) => Promise<void>
  lastAddresses: LastAddresses
  newcomers: Newcomers
  signals: Pick<Signals, 'identityEnded'>
  ended: EndedIdentities
  /** Returns what has to be stored together with a new visitor, if anything. */
  noteJoined: (id: string) => AlsoStored | undefined
  clock: Clock
}

/** Visitors: people with a nick and a token, without an account. */
export function createVisitors(parts: Parts) {
  const { store, nickHolds, claimNick, regulars, accounts, tokens, admission, persons } = parts
  const { carryOver, lastAddresses, newcomers, signals, ended, noteJoined, clock } = parts

  /**
   * Creates a visitor, who is muted if their person is.
   * @throws {Refusal} BANNED if their person is banned, NICK_RESERVED, NICK_TAKEN, RATE_LIMITED, PROOF_REQUIRED
   */
  async function join(
    nick: Nick,
    { address, tab, proof, provenId = null }: VisitorOrigin,
  ): Promise<Identity> {
    const tabHash = tab ? hashToken(tab) : null
    const maker = await persons.existingIdentityOf(provenId, tabHash)
    admission.mayCome(maker, address)
    await mayTake(nick)
    if ((await nickHolds.isHeld(nick, null)) || (await regulars.isKept(nick, null))) throw nickTaken()
    await admission.mayJoin({ address, proof })
    const id = randomUUID()
    await give(id, nick, tabHash)
    const person = await persons.personOf(maker)
    await store.add({ id, nick, tab: tabHash, person }, clock.now(), noteJoined(id))
    if (person) await carryOver({ id, nick: nick.nick })
    lastAddresses.note(id, address)
    newcomers.note(id, clock.now())
    return identityOf(id, nick)
  }

  async function returned(id: string, nick: Nick, tab: string | null): Promise<Identity> {
    await give(id, nick, tab)
    const row = await store.byId(id)
    newcomers.note(id, row?.created_at ?? clock.now())
    return identityOf(id, nick)
  }

  const identityOf = async (id: string, { nick }: Nick): Promise<Identity> => ({
    self: { id, nick, role: 'visitor' },
    token: await tokens.sign({ kind: 'visitor', id }),
  })

  /** @throws {Refusal} NICK_RESERVED */
  async function mayTake(nick: Nick): Promise<void> {
    if (await accounts.isReserved(nick)) throw nickReserved()
  }

  /**
   * Claims the nick before it checks the accounts, so that nobody registers the nick in between.
   * @throws {Refusal} NICK_RESERVED, NICK_TAKEN, TOKEN_INVALID if the visitor signs out everywhere meanwhile
   */
  async function give(id: string, nick: Nick, tab: string | null = null): Promise<void> {
    const release = await claimNick(id, nick, tab)
    try {
      await mayTake(nick)
      if (ended.has(id)) throw signedOut()
      await nickHolds.take(id, nick, tab)
    } finally {
      await release()
    }
  }

  return {
    join,

    /**
     * Returns the visitor who last had the nick in the same tab, or keeps it as a regular, without limit or proof, or
     * else a new visitor.
     */
    async joinOrReturn(nick: Nick, origin: VisitorOrigin): Promise<Identity> {
      const tab = origin.tab ? hashToken(origin.tab) : null
      const known = (await nickHolds.visitorInTab(nick, tab)) ?? (await regulars.keeperInTab(nick, tab))
      if (known) return returned(known, nick, tab)
      try {
        return await join(nick, origin)
      } catch (error) {
        // The same tab may have come through another node at this moment.
        const isTaken = error instanceof Refusal && error.code === 'NICK_TAKEN'
        const other = isTaken ? await nickHolds.visitorInTab(nick, tab) : null
        if (!other) throw error
        return returned(other, nick, tab)
      }
    },

    /**
     * Restores a visitor, without the nick if somebody else has taken it meanwhile.
     * @throws {Refusal} TOKEN_INVALID after the visitor has signed out everywhere
     */
    async resume(token: TokenClaim): Promise<Person> {
      const { id } = token
      const nobody: Person = { id, nick: null, role: 'visitor' }
      const row = await store.byId(id)
      if (!isOf(row, token)) throw signedOut()
      newcomers.note(id, row?.created_at ?? clock.now())
      if (!row) return nobody
      try {
        const nick = readNick(row.nick)
        await give(id, nick, row.tab)
        return { id, nick: nick.nick, role: 'visitor' }
      } catch (error) {
        if (error instanceof Refusal && error.code !== 'TOKEN_INVALID') return nobody
        throw error
      }
    },

    /** A regular who takes a former nick again keeps it again. @throws {Refusal} NICK_RESERVED, NICK_TAKEN */
    async rename(id: string, nick: Nick): Promise<void> {
      await mayTake(nick)
      await give(id, nick)
      await store.rename(id, nick, clock.now())
      await regulars.note([{ id, nick }])
    },

    /** Whether the visitor has not signed out everywhere since the token was made. */
    isCurrent: async (token: TokenClaim): Promise<boolean> => isOf(await store.byId(token.id), token),

    /**
     * Returns a visitor's nick for a page that waits for their words, which keeps a held nick held. It takes none: the
     * next message does. Null after the visitor has signed out everywhere, and where there is none any more.
     */
    async nickOf(token: TokenClaim): Promise<string | null> {
      const row = await store.byId(token.id)
      if (!row || !isOf(row, token)) return null
      await nickHolds.prolong(token.id)
      return row.nick
    },

    /** Ends all tokens and connections of a visitor, for good, and frees their nick. */
    async signOut(id: string): Promise<void> {
      await store.signOut(id, clock.now())
      signals.identityEnded.emit(id)
      await nickHolds.release(id)
    },

    /** Ends the connections of visitors who have signed out through another node, where its word got lost. */
    async endSignedOut(): Promise<void> {
      for (const id of await store.signedOut(nickHolds.connectedVisitors())) signals.identityEnded.emit(id)
    },

    /** Called when a connection of the visitor opens or closes, for the time they hold their nick. */
    opened: (self: Person | null) => self?.role === 'visitor' && nickHolds.opened(self.id),
    closed: (self: Person | null) => self?.role === 'visitor' && nickHolds.closed(self.id),
  }
}

export type Visitors = ReturnType<typeof createVisitors>

const signedOut = () => new Refusal('TOKEN_INVALID', 'You have signed out with this token.')

type TokenClaim = { id: string; generation: number }

const isOf = (row: { generation: number } | undefined, token: TokenClaim): boolean =>
  !row || token.generation >= row.generation
