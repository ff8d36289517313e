import type { Accounts } from '../../accounts/accounts.ts'
import type { Handshake, Identity } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { hashToken } from '../../hash-token.ts'
import type { Session } from '../../http/caller.ts'
import { readNick } from '../../nicks/nick.ts'
import type { SanctionChecks } from '../moderation/sanction-checks.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import type { ChatCallers } from './callers.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import type { Persons } from '../moderation/persons.ts'
import type { VisitorOrigin, Visitors } from './visitors.ts'

/**
 * The person on a connection; a reader has no `self`. `provenId` is the identity of a reader who has a token or
 * cookie.
 */
export type Guest = Identity & { sessionId: string | null; provenId?: string | null }

const reader: Guest = { self: null, token: null, sessionId: null }

type Parts = {
  callers: Pick<ChatCallers, 'byToken' | 'bySession' | 'provenId'>
  visitors: Pick<Visitors, 'join' | 'joinOrReturn' | 'rename'>
  accounts: Pick<Accounts, 'rename'>
  sanctionChecks: SanctionChecks
  persons: Pick<Persons, 'noteTab'>
  lastAddresses: Pick<LastAddresses, 'note'>
  limits: Pick<ChatLimits, 'nicks' | 'address'>
}

/** Identifies the person on a connection: a user, a visitor or a bot with a token, a newcomer with a nick, or a reader. */
export function createGuests(parts: Parts) {
  const { callers, visitors, accounts, sanctionChecks, persons, lastAddresses, limits } = parts

  async function identify(
    { token, nick, tab, proof, reader: onlyReads }: Handshake,
    cookie: Session | null,
    address: string | null,
  ): Promise<Guest> {
    if (onlyReads) return { ...reader, provenId: await callers.provenId(token, cookie) }
    if (token) {
      const caller = await callers.byToken(token)
      return { self: caller.person, token, sessionId: caller.kind === 'user' ? caller.session.id : null }
    }
    if (cookie) return { self: callers.bySession(cookie).person, token: null, sessionId: cookie.id }
    if (!nick) return reader
    return { ...(await visitors.joinOrReturn(readNick(nick), { address, tab, proof })), sessionId: null }
  }

  return {
    /**
     * Identifies a connection by the first that applies: the token, the cookie's session, a nick; otherwise it is a
     * reader's (docs/contract.md §5). `address` is null if addresses cannot be trusted.
     */
    async connect(handshake: Handshake, cookie: Session | null, address: string | null): Promise<Guest> {
      const guest = await identify(handshake, cookie, address)
      if (guest.self) {
        await sanctionChecks.mayBeHere(guest.self, address)
        // A bot's address is its host's: a ban of the bot leaves it open.
        if (guest.self.role !== 'bot') lastAddresses.note(guest.self.id, address)
        if (handshake.tab && guest.self.role === 'member')
          persons.noteTab(guest.self.id, hashToken(handshake.tab))
      }
      return guest
    },

    /** Changes the guest's nick: a reader becomes a visitor, a user's account is renamed. */
    async setNick(guest: Guest, input: string, origin: VisitorOrigin): Promise<Guest> {
      const { self, token, sessionId, provenId } = guest
      if (self?.role === 'bot') throw new Refusal('FORBIDDEN', 'The owner chooses the nick of a bot.')
      if (self?.role !== 'owner') {
        if (self) limits.nicks(self.id)
        limits.address(origin.address)
      }
      const nick = readNick(input)
      if (!self) return { ...(await visitors.join(nick, { ...origin, provenId })), sessionId: null }
      await sanctionChecks.mayWrite(self, origin.address)
      if (self.role === 'visitor') await visitors.rename(self.id, nick)
      else await accounts.rename({ id: self.id, role: self.role }, nick)
      return { self: { ...self, nick: nick.nick }, token, sessionId }
    },
  }
}

export type Guests = ReturnType<typeof createGuests>
