import { randomBytes, randomUUID } from 'node:crypto'
import type { Accounts } from '../../accounts/accounts.ts'
import { nickColumns, nickReserved } from '../../accounts/users.ts'
import type { Clock } from '../../clock.ts'
import {
  BOTS_MAX,
  type Bot,
  type BotChanges,
  type BotCredentials,
  LOBBY,
  type NewBot,
  type Person,
} from '../../contract/index.ts'
import type { BotRow } from '../../db/tables.ts'
import { Refusal } from '../../errors.ts'
import { hashToken } from '../../hash-token.ts'
import { readNick } from '../../nicks/nick.ts'
import { readChosenRooms, requireRooms } from '../rooms/chosen-rooms.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Signals } from '../signals.ts'
import type { BotsStore } from './bots.store.ts'

/** A bot's token: tells by itself that it is one, and may stand in an address. */
const TOKEN = /^bot_[\w-]{43}$/

/** The bot of a token: also the key of its signatures. */
export type KnownBot = { bot: Bot; secret: string }

type Parts = {
  store: BotsStore
  accounts: Pick<Accounts, 'whileClaiming'>
  rooms: Pick<Rooms, 'list'>
  signals: Pick<Signals, 'identityEnded' | 'botTokenReplaced' | 'renamed'>
  clock: Clock
}

/** Bots: programs with a nick, a token and a pace of their own, made by the owner. */
export function createBots({ store, accounts, rooms: allRooms, signals, clock }: Parts) {
  /** @throws {Refusal} TOKEN_INVALID */
  async function byToken(token: string): Promise<Person> {
    const known = await find(token)
    if (!known) throw new Refusal('TOKEN_INVALID', 'The token is not valid.')
    return personOf(known.bot)
  }

  /** Returns the bot of a token; null where it is none, or no longer. */
  async function find(token: string): Promise<KnownBot | null> {
    const row = TOKEN.test(token) ? await store.byTokenHash(hashToken(token)) : undefined
    return row ? { bot: toBot(row), secret: row.secret } : null
  }

  /** The owner's bots may have the owner's names, but nobody's nick. */
  const whileClaiming = <Result>(id: string, nick: string, task: () => Promise<Result>): Promise<Result> =>
    accounts.whileClaiming({ id, role: 'owner' }, readNick(nick), task)

  return {
    isToken: (token: string): boolean => TOKEN.test(token),
    byToken,
    find,

    list: async (): Promise<Bot[]> => (await store.all()).map(toBot),

    /** @throws {Refusal} NOT_FOUND */
    async get(id: string): Promise<Bot> {
      const row = await store.byId(id)
      if (!row) throw noBot()
      return toBot(row)
    },

    /** @throws {Refusal} INVALID, NICK_INVALID, NICK_TAKEN, NICK_RESERVED, CONFLICT where there are too many */
    async add({ nick, rooms = null }: NewBot): Promise<BotCredentials> {
      await requireRooms(allRooms, rooms)
      if ((await store.all()).length >= BOTS_MAX)
        throw new Refusal('CONFLICT', `There are ${BOTS_MAX} bots. Remove one first.`)
      const credentials = newCredentials()
      const row = {
        id: randomUUID(),
        ...nickColumns(readNick(nick)),
        rooms: rooms && JSON.stringify(rooms),
        ...columnsOf(credentials),
        created_at: clock.now(),
      }
      if (!(await whileClaiming(row.id, nick, () => store.insert(row)))) throw nickReserved()
      return { bot: toBot(row), ...credentials }
    },

    /** @throws {Refusal} NOT_FOUND, INVALID, NICK_INVALID, NICK_TAKEN, NICK_RESERVED */
    async change(id: string, { nick, rooms }: BotChanges): Promise<Bot> {
      await requireRooms(allRooms, rooms)
      const before = await store.byId(id)
      if (!before) throw noBot()
      const changes = {
        ...(nick !== undefined && nickColumns(readNick(nick))),
        ...(rooms !== undefined && { rooms: rooms && JSON.stringify(rooms) }),
      }
      if (Object.keys(changes).length === 0) return toBot(before)
      const update = () => store.update(id, changes)
      const row = await (nick === undefined ? update() : whileClaiming(id, nick, update))
      if (!row) throw noBot()
      if (row.nick !== before.nick) signals.renamed.emit(personOf(toBot(row)))
      return toBot(row)
    },

    /** Gives a bot another token and secret, because the ones before may be known. @throws {Refusal} NOT_FOUND */
    async replaceToken(id: string): Promise<BotCredentials> {
      const credentials = newCredentials()
      const row = await store.update(id, columnsOf(credentials))
      if (!row) throw noBot()
      signals.botTokenReplaced.emit(id)
      return { bot: toBot(row), ...credentials }
    },

    /** Ends a bot and its connections; what it wrote stays. Returns its nick. @throws {Refusal} NOT_FOUND */
    async remove(id: string): Promise<string> {
      const row = await store.remove(id)
      if (!row) throw noBot()
      signals.identityEnded.emit(id)
      return row.nick
    },

    /** Returns those of these connected bots whose token is no longer valid. */
    async stale<One extends { id: string; token: string | null }>(connected: One[]): Promise<One[]> {
      const hashes = await store.tokenHashes([...new Set(connected.map(({ id }) => id))])
      return connected.filter(({ id, token }) => hashes.get(id) !== hashToken(token ?? ''))
    },
  }
}

export type Bots = ReturnType<typeof createBots>

/** Where a bot writes that names no room. */
export const usualRoomOf = ({ rooms }: Bot): string => rooms?.[0] ?? LOBBY

/** A bot as others see it. */
export const personOf = ({ id, nick, role }: Bot): Person => ({ id, nick, role })

const toBot = ({ id, nick, rooms, created_at }: BotRow): Bot => ({
  id,
  nick,
  role: 'bot',
  rooms: readChosenRooms(rooms),
  createdAt: new Date(Number(created_at)).toISOString(),
})

const newCredentials = () => ({
  token: `bot_${randomBytes(32).toString('base64url')}`,
  secret: randomBytes(32).toString('base64url'),
})

const columnsOf = ({ token, secret }: { token: string; secret: string }) => ({
  token_hash: hashToken(token),
  secret,
})

const noBot = () => new Refusal('NOT_FOUND', 'There is no bot with that id.')
