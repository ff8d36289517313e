import { randomUUID } from 'node:crypto'
import { type MessageForm, MessageText } from '../../contract/index.ts'
import { Refusal, parse } from '../../errors.ts'
import type { Session } from '../../http/caller.ts'
import { readNick } from '../../nicks/nick.ts'
import { namespaceOf, uuidV5 } from '../../uuid-v5.ts'
import type { Guest, Guests } from '../identity/guests.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { MessageRules } from './messages.ts'

/** Milliseconds after a visitor's last form for which the browser knows them. */
export const VISITOR_KNOWN = 30 * 24 * 3_600_000

/** Where a form comes from. The browser's cookies hold the session, the visitor's token and the name of the tab. */
export type FormOrigin = {
  session: Session | null
  token: string | undefined
  tab: string | undefined
  /** Null if unknown. */
  address: string | null
  /** The site's host that was asked for, empty if unknown. */
  host: string
}

type Parts = {
  guests: Pick<Guests, 'connect' | 'setNick'>
  rules: Pick<MessageRules, 'send'>
  rooms: Pick<Rooms, 'open'>
  secret: string
}

/** Stores messages that come from a document's form: one request chooses the nick, if it is new, and says the words. */
export function createFormMessages({ guests, rules, rooms, secret }: Parts) {
  const namespace = namespaceOf('form', secret)
  const turns = new Map<string, Promise<unknown>>()

  /**
   * The forms of a browser are processed one after the other: a second click must find the visitor of the first. Through
   * another node it finds them by the tab.
   */
  async function inTurn<Result>(browser: string | undefined, task: () => Promise<Result>): Promise<Result> {
    if (browser === undefined) return task()
    const mine = (turns.get(browser) ?? Promise.resolve()).then(task, task)
    turns.set(browser, mine)
    try {
      return await mine
    } finally {
      if (turns.get(browser) === mine) turns.delete(browser)
    }
  }

  /** Identifies the writer: a user whatever nick is given, a visitor by the token, else somebody new with the nick. */
  async function identify({ session, token, tab, address }: FormOrigin, nick: string): Promise<Guest> {
    if (session) return guests.connect({ tab }, session, address)
    try {
      if (token) return await guests.connect({ token, tab }, null, address)
    } catch (error) {
      // The visitor has signed out everywhere, or the cookie is not from here.
      if (!(error instanceof Refusal) || error.code !== 'TOKEN_INVALID') throw error
    }
    return guests.connect({ nick, tab }, null, address)
  }

  /** Gives a visitor the nick, unless it is theirs. */
  async function named(guest: Guest, nick: string, { tab, address }: FormOrigin): Promise<Guest> {
    if (guest.self?.role !== 'visitor' || nick.trim() === '') return guest
    if (readNick(nick).nick === guest.self.nick) return guest
    return guests.setNick(guest, nick, { address, tab })
  }

  return {
    /**
     * Sends a message, by the same rules as everywhere, to a room that everybody may read. The same form sent again is
     * the same message. `keep` receives the token of a visitor, also where their message is refused.
     */
    async send(
      origin: FormOrigin,
      room: string,
      { nick, text, nonce }: MessageForm,
      keep: (token: string) => void,
    ): Promise<void> {
      await rooms.open(null, room)
      // Before the writer gets a nick, which is of no use to somebody who cannot say this.
      const words = parse(MessageText, text)
      await inTurn(origin.tab ?? origin.token, async () => {
        const known = await identify(origin, nick)
        if (known.token) keep(known.token)
        const { self } = await named(known, nick, origin)
        const once = JSON.stringify([self?.id, room, nonce || randomUUID(), words])
        const draft = { room, id: uuidV5(namespace, once), text: words }
        await (
          await rules.send(self, draft, origin.address, origin.host)
        ).stored
      })
    },
  }
}

export type FormMessages = ReturnType<typeof createFormMessages>
