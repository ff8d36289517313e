import type { Clock } from '../../clock.ts'
import {
  type Conversation,
  type ConversationChoice,
  type Person,
  type Room,
  conversationOf,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { MessageRules } from '../messages/messages.ts'
import { noRoom } from '../log/commit.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { Signals } from '../signals.ts'
import { type ConversationRow, type ConversationsStore, type Side, roomOf } from './conversations.store.ts'

type Parts = {
  store: ConversationsStore
  rules: Pick<MessageRules, 'mayWrite'>
  /** Limits how many conversations are begun from one address. */
  limit: Limiter
  signals: Pick<Signals, 'conversationChanged'>
  clock: Clock
}

/** What a connection is told of a conversation. */
export type ConversationState = { unread: number; with: Person }

/**
 * Private conversations: each is a room of the owner and one other person. What is written there goes the way of every
 * message; here they are begun, listed, read and removed.
 */
export function createConversations({ store, rules, limit, signals, clock }: Parts) {
  /**
   * Returns a person's conversation and whether it was begun by this.
   * @throws {Refusal} NICK_REQUIRED, FORBIDDEN, INVALID, NO_OWNER, NOT_FOUND, MUTED, BANNED, RATE_LIMITED
   */
  async function open(
    by: Person | null,
    choice: ConversationChoice,
    address: string | null,
  ): Promise<{ room: Room; isNew: boolean }> {
    const self = by ?? (await rules.mayWrite(by, address))
    const owner = await store.owner()
    if (!owner) throw new Refusal('NO_OWNER', 'There is no owner yet to talk with.')
    const personId = self.role === 'owner' ? chosen(self, choice) : withOwner(self, choice, owner)
    const room = conversationOf(personId)
    if (room === null) throw noPerson()
    const known = await seen(room, self, owner)
    if (known) return { room: known, isNew: false }
    if (self.role === 'bot') throw new Refusal('FORBIDDEN', 'The owner begins a conversation with a bot.')
    await rules.mayWrite(self, address)
    if (self.role !== 'owner') limit(address)
    else if (!(await store.isSomebody(personId))) throw noPerson()
    const isNew = await store.begin(room, personId, clock.now())
    if (isNew) signals.conversationChanged.emit({ room, of: 'both', isGone: false })
    const begun = await seen(room, self, owner)
    if (!begun) throw noRoom(room)
    return { room: begun, isNew }
  }

  async function seen(room: string, self: Person, owner: Person): Promise<Room | undefined> {
    const row = await store.find(room, sideOf(self), self.id)
    return row && roomOf(row, otherOf(row, self, owner))
  }

  /** Returns the id of the person whom the owner wants to talk with. */
  function chosen(self: Person, { with: id }: ConversationChoice): string {
    if (id === undefined) throw new Refusal('INVALID', 'Say with whom.', { pointer: '/with' })
    if (id === self.id) throw new Refusal('INVALID', 'That is yourself.', { pointer: '/with' })
    return id
  }

  /** Everybody else talks with the owner, whatever other person there may be. */
  function withOwner(self: Person, { with: id }: ConversationChoice, owner: Person): string {
    if (id === undefined || id === owner.id) return self.id
    throw new Refusal('FORBIDDEN', 'Only the owner can be written to in private.', { pointer: '/with' })
  }

  return {
    open,

    /** Returns one's own conversation, or the owner's with everybody; the one with the latest words first. */
    async list(self: Person): Promise<Conversation[]> {
      const own = self.role === 'owner' ? null : conversationOf(self.id)
      if (self.role !== 'owner' && own === null) return []
      const owner = await store.owner()
      const rows = owner ? await store.rowsOf(sideOf(self), self.id, own) : []
      const keys = rows.flatMap(({ lastKey }) => lastKey ?? [])
      const messages = await store.messages(keys)
      return rows.map((row) => ({
        ...roomOf(row, otherOf(row, self, owner!)),
        last: messages.get(row.lastKey ?? 0) ?? null,
        unread: row.unread,
      }))
    },

    /** Returns what one of the two is told of a conversation; null if there is none. */
    async stateFor(self: Person, room: string): Promise<ConversationState | null> {
      const owner = await store.owner()
      const row = owner && (await store.find(room, sideOf(self), self.id))
      return row ? { unread: row.unread, with: otherOf(row, self, owner!) } : null
    },

    /** Whether one of the two has read up to this position; false in other rooms, where nobody's reading is known. */
    hasRead: ({ role }: Pick<Person, 'role'>, room: string, seq: number): Promise<boolean> =>
      store.hasRead(room, sideOf({ role }), seq),

    /** One of the two has read everything there is so far. */
    async read(self: Person, room: string): Promise<void> {
      const side = sideOf(self)
      if (await store.read(room, side, clock.now()))
        signals.conversationChanged.emit({ room, of: side, isGone: false })
    },
  }
}

export type Conversations = ReturnType<typeof createConversations>

const sideOf = ({ role }: Pick<Person, 'role'>): Side => (role === 'owner' ? 'owner' : 'person')

function otherOf(
  { person_id, personNick, personRole }: ConversationRow,
  self: Person,
  owner: Person,
): Person {
  return self.role === 'owner'
    ? { id: person_id, nick: personNick || null, role: personRole ?? 'visitor' }
    : owner
}

const noPerson = () => new Refusal('NOT_FOUND', 'There is no person with that id.', { pointer: '/with' })
