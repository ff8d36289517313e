import { createHash, randomUUID } from 'node:crypto'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Session } from '../../accounts/sessions.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import { nickReserved, toPerson } from '../../accounts/users.ts'
import type { Clock } from '../../clock.ts'
import type { Handshake, Identity, Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { AddressBans } from '../moderation/address-bans.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import { type NickReservations, nickTaken } from '../../nicks/nick-reservations.ts'
import { type Nick, readNick, asNick } from '../../nicks/nick.ts'
import type { Persons } from './persons.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import type { ProofOfWork } from '../rate-limits/proof-of-work.ts'
import type { ActiveSanctions } from '../moderation/active-sanctions.ts'
import type { VisitorsStore } from './visitors.store.ts'

/** Milliseconds between two notes of who is here. */
const SEEN_EVERY = 60_000

/** Who a connection belongs to; a reader has no `self`. `provenId`: the identity of a reader who has a token or cookie. */
export type Guest = Identity & { sessionId: string | null; provenId?: string | null }

/** Where a guest comes from: the address, null where it is not known, the tab, the proof of work and a proven identity. */
type Place = {
  address: string | null
  tab?: string | null | undefined
  proof?: string | null | undefined
  provenId?: string | null | undefined
}

const reader: Guest = { self: null, token: null, sessionId: null }

type Parts = {
  store: VisitorsStore
  nickReservations: NickReservations
  accounts: Accounts
  tokens: Tokens
  limitJoins: Limiter
  proofOfWork: Pick<ProofOfWork, 'mayJoin' | 'mayRegister'>
  sanctions: ActiveSanctions
  addressBans: AddressBans
  persons: Pick<Persons, 'makerOf' | 'personOf' | 'noteTab'>
  /** Applies the mutes and bans of a person to their new identity. */
  carryOver: (identity: { id: string; nick: string }) => Promise<void>
  lastAddresses: LastAddresses
  newcomers: Newcomers
  clock: Clock
}

/** Who somebody is in the chat: a user, a visitor with a token, a newcomer with a nick, or a reader. */
export function createVisitors({
  store,
  nickReservations,
  accounts,
  tokens,
  limitJoins,
  proofOfWork,
  sanctions,
  addressBans,
  persons,
  carryOver,
  lastAddresses,
  newcomers,
  clock,
}: Parts) {
  /**
   * Who connects, first that applies: the token, the cookie's session, a nick, else a reader (contract §5).
   * `address` is null where addresses are not to be believed.
   */
  async function connect(
    handshake: Handshake,
    cookie: Session | null,
    address: string | null,
  ): Promise<Guest> {
    const guest = await identify(handshake, cookie, address)
    if (guest.self) {
      await addressBans.mayBeHere(guest.self, address)
      lastAddresses.note(guest.self.id, address)
      if (handshake.tab && guest.self.role === 'member') persons.noteTab(guest.self.id, hashOf(handshake.tab))
    }
    return guest
  }

  async function identify(
    { token, nick, tab, proof, reader: onlyReads }: Handshake,
    cookie: Session | null,
    address: string | null,
  ): Promise<Guest> {
    if (onlyReads) return { ...reader, provenId: await provenBy(token, cookie) }
    if (token) return connectWithToken(token)
    if (cookie) return { self: personOf(cookie), token: null, sessionId: cookie.id }
    if (!nick) return reader
    const wanted = readNick(nick)
    const known = nickReservations.visitorInTab(wanted, tab ? hashOf(tab) : null)
    if (known) await mayTake(wanted)
    return {
      ...(known ? await identityOf(known, wanted) : await join(wanted, { address, tab, proof })),
      sessionId: null,
    }
  }

  /** The identity that a reader's token or cookie proves. */
  async function provenBy(token: string | null | undefined, cookie: Session | null): Promise<string | null> {
    const claim = token ? await tokens.verify(token, 'session', 'visitor') : null
    if (claim?.kind === 'visitor') return claim.id
    const session = claim ? await accounts.session(claim.id) : cookie
    return session?.user.id ?? null
  }

  async function connectWithToken(token: string): Promise<Guest> {
    const claim = await tokens.verify(token, 'session', 'visitor')
    if (claim?.kind === 'visitor') return { self: await resume(claim.id), token, sessionId: null }
    const session = claim && (await accounts.session(claim.id))
    if (!session) throw new Refusal('TOKEN_INVALID', 'The token is not valid, or no longer.')
    return { self: personOf(session), token, sessionId: session.id }
  }

  /** Whoever is signed in; an account just made is as new as a nick just taken. */
  function personOf({ user, since }: Session): Person {
    if (user.role !== 'owner') newcomers.note(user.id, since)
    return toPerson(user)
  }

  /** Makes a visitor, who is muted where their person is. @throws {Refusal} BANNED where their person is banned */
  async function join(nick: Nick, { address, tab, proof, provenId = null }: Place): Promise<Identity> {
    const tabHash = tab ? hashOf(tab) : null
    const maker = await persons.makerOf(provenId, tabHash)
    if (maker) sanctions.mayBeHere(maker)
    sanctions.mayJoinFrom(address)
    await mayTake(nick)
    if (nickReservations.isHeld(nick, null)) throw nickTaken()
    await mayBeNew(address, proof ?? null)
    const id = randomUUID()
    await give(id, nick, tabHash)
    const person = await persons.personOf(maker)
    await store.save(id, nick.nick, tabHash, clock.now(), person)
    if (person) await carryOver({ id, nick: nick.nick })
    lastAddresses.note(id, address)
    newcomers.note(id, clock.now())
    return identityOf(id, nick)
  }

  /** Asks the limit first, so that a refused join uses no proof and adds no pressure. A join without a proof is not counted. */
  async function mayBeNew(address: string | null, proof: string | null): Promise<void> {
    limitJoins(address)
    try {
      await proofOfWork.mayJoin(address, proof)
    } catch (error) {
      limitJoins.giveBack(address)
      throw error
    }
  }

  /**
   * Whether somebody may have an account: it is another identity, with which whoever is banned would be back, and which
   * counts as one also where a visitor makes it. Answers which person's it will be, where that is known, and
   * `proveWork`, which asks for the proof of work (`PROOF_REQUIRED`) once nothing else is in the way: an account that is
   * refused anyway presses on nobody.
   * @throws {Refusal} BANNED, RATE_LIMITED
   */
  async function mayRegister(by: Person | null, { address, proof }: Place) {
    if (by) sanctions.mayBeHere(by.id)
    sanctions.mayJoinFrom(address)
    limitJoins(address)
    return {
      person: await persons.personOf(by?.id ?? null),
      proveWork: () => proofOfWork.mayRegister(address, proof ?? null),
    }
  }

  const identityOf = async (id: string, { nick }: Nick): Promise<Identity> => ({
    self: { id, nick, role: 'visitor' },
    token: await tokens.sign({ kind: 'visitor', id }),
  })

  /** The visitor as they were, without their nick where it went to somebody else meanwhile. */
  async function resume(id: string): Promise<Person> {
    const nobody: Person = { id, nick: null, role: 'visitor' }
    const row = await store.byId(id)
    newcomers.note(id, row?.created_at ?? clock.now())
    if (!row) return nobody
    try {
      const nick = readNick(row.nick)
      await give(id, nick, row.tab)
      return { id, nick: nick.nick, role: 'visitor' }
    } catch (error) {
      if (error instanceof Refusal) return nobody
      throw error
    }
  }

  /** Gives the guest another nick; a reader becomes a visitor by it, a user's account is renamed. */
  async function setNick(guest: Guest, input: string, place: Place): Promise<Guest> {
    const nick = readNick(input)
    const { self, token, sessionId, provenId } = guest
    if (!self) return { ...(await join(nick, { ...place, provenId })), sessionId: null }
    await addressBans.mayWrite(self, place.address)
    if (self.role === 'visitor') {
      await mayTake(nick)
      await give(self.id, nick)
      await store.save(self.id, nick.nick, null, clock.now())
    } else {
      await accounts.rename({ id: self.id, role: self.role }, nick)
    }
    return { self: { ...self, nick: nick.nick }, token, sessionId }
  }

  async function mayTake(nick: Nick): Promise<void> {
    if (await accounts.isReserved(nick)) throw nickReserved()
  }

  /** Claims the nick before it looks it up, so that nobody registers it in between. */
  async function give(id: string, nick: Nick, tab: string | null = null): Promise<void> {
    const release = nickReservations.claim(id, nick)
    try {
      await mayTake(nick)
      nickReservations.take(id, nick, tab)
    } finally {
      release()
    }
  }

  async function noteWhoIsHere(): Promise<void> {
    await store.saw(nickReservations.connectedVisitors(), clock.now())
    await lastAddresses.keep()
  }

  function noteNowAndThen(): void {
    clock.after(
      SEEN_EVERY,
      () =>
        void noteWhoIsHere()
          .catch(() => {})
          .finally(noteNowAndThen),
    )
  }

  return {
    connect,
    join,
    mayRegister,
    resume,
    personOf,
    setNick,
    opened: (guest: Guest) => guest.self?.role === 'visitor' && nickReservations.opened(guest.self.id),
    closed: (guest: Guest) => guest.self?.role === 'visitor' && nickReservations.closed(guest.self.id),
    noteWhoIsHere,
    /** A request of theirs has come from there. */
    cameFrom: lastAddresses.note,

    /** After a restart, those who were here have their minute to come back to their nicks. */
    async start(): Promise<void> {
      for (const { id, nick, tab, created_at } of await store.seenSince(clock.now() - 2 * SEEN_EVERY)) {
        newcomers.note(id, created_at)
        const wanted = asNick(nick)
        if (wanted && !nickReservations.isHeld(wanted, id)) nickReservations.take(id, wanted, tab)
      }
      noteNowAndThen()
    },
  }
}

export type Visitors = ReturnType<typeof createVisitors>

/** A tab's name is as good as a token to who knows it, so that only its hash is kept. */
const hashOf = (tab: string): string => createHash('sha256').update(tab).digest('base64url')
