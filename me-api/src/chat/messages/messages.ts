import { z } from 'zod'
import {
  type Author,
  type Message,
  type MessageChoice,
  type MessageDraft,
  type MessageEdit,
  MessageText,
  type Person,
  type Reaction,
} from '../../contract/index.ts'
import { Refusal, parse } from '../../errors.ts'
import type { AddressBans } from '../moderation/address-bans.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import { ownOf } from '../log/commit.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import type { RecentlyDeleted } from './recently-deleted.ts'
import type { RoomLog } from '../log/room-log.ts'

/**
 * A write that has its place in the log's order. Accepting one after the other keeps the order of a connection's
 * writes; waiting for `stored` is then no longer in anybody's way. `isKnown`: it was stored already.
 */
export type Accepted = { isKnown: boolean; stored: Promise<Message> }

/** Told apart from a draft's other faults, as what is stored already is answered whatever its text. */
const DraftText = z.object({ text: MessageText })

type Parts = {
  store: Pick<MessageStore, 'find'>
  log: RoomLog
  limits: Pick<
    ChatLimits,
    'sends' | 'newcomersSends' | 'changes' | 'address' | 'readersBudget' | 'duplicateFloods'
  >
  addressBans: AddressBans
  lastAddresses: Pick<LastAddresses, 'note'>
  newcomers: Newcomers
  recentlyDeleted: RecentlyDeleted
  /** Called when the owner has deleted or restored a message. */
  note: (by: Author, action: 'delete' | 'restore', message: Message) => Promise<void>
}

/**
 * The rules of the chat: who may do what. `address` is the writer's, null where it is not known. Rules that depend on a
 * message's state are checked in the log's transaction.
 */
export function createMessageRules({
  store,
  log,
  limits,
  addressBans,
  lastAddresses,
  newcomers,
  recentlyDeleted,
  note,
}: Parts) {
  /** A retry with the same id always works: a stored message is answered before any limit, lock or check. */
  async function send(by: Person | null, draft: MessageDraft, address: string | null): Promise<Accepted> {
    const { id, room, replyTo } = draft
    const stored = by && (await store.find(id))
    if (stored) return { isKnown: true, stored: Promise.resolve(ownOf(by.id, stored)) }
    const author = await mayWrite(by, address)
    const { text } = parse(DraftText, draft)
    newcomers.maySay(author.id, text)
    if (newcomers.isNew(author.id)) limit(limits.newcomersSends, author)
    limit(limits.sends, author)
    mayWriteFrom(address, author)
    hold(author, text)
    return {
      isKnown: false,
      stored: log.write({ kind: 'send', id, room, ...(replyTo && { replyTo }), content: { text }, author }),
    }
  }

  async function edit(
    by: Person | null,
    { id, text }: MessageEdit,
    address: string | null,
  ): Promise<Accepted> {
    const author = await mayWrite(by, address)
    newcomers.maySay(author.id, text)
    limit(limits.changes, author)
    mayWriteFrom(address, author)
    hold(author, text)
    const stored = log.write({
      kind: 'edit',
      id,
      content: { text },
      author,
      charge: chargeOf(author, address),
    })
    return { isKnown: true, stored }
  }

  /** Who is muted may still take back what they said. */
  async function remove(by: Person | null, { id }: MessageChoice, address: string | null): Promise<Accepted> {
    const author = writer(by)
    await addressBans.mayBeHere(author, address)
    limit(limits.changes, author)
    mayWriteFrom(address, author)
    if (author.role !== 'owner') return { isKnown: true, stored: log.write({ kind: 'delete', id, author }) }
    const stored = log.write({ kind: 'delete', id, author, keep: recentlyDeleted.keep })
    return { isKnown: true, stored: stored.then(noted(author, 'delete')) }
  }

  /** Restores a message that the owner has just deleted. @throws {Refusal} FORBIDDEN, and in `stored` NOT_FOUND */
  async function restore(by: Person | null, { id }: MessageChoice): Promise<Accepted> {
    if (by?.role !== 'owner') throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
    const author = writer(by)
    const stored = log.write({ kind: 'restore', id, author, recall: recentlyDeleted.recall })
    return { isKnown: true, stored: stored.then(noted(author, 'restore')) }
  }

  async function react(by: Person | null, reaction: Reaction, address: string | null): Promise<Accepted> {
    const author = await mayWrite(by, address)
    limit(limits.changes, author)
    mayWriteFrom(address, author)
    const stored = log.write({ kind: 'react', ...reaction, author, charge: chargeOf(author, address) })
    return { isKnown: true, stored }
  }

  /** Counted after the writer's own limit, so that a refused writer takes nothing from others at the address. */
  function mayWriteFrom(address: string | null, { role }: Author): void {
    if (role !== 'owner') limits.address(address)
  }

  const chargeOf = (author: Author, address: string | null) => (bytes: number) =>
    limits.readersBudget(author, address, bytes)

  function hold({ id, role }: Author, text: string): void {
    if (role !== 'owner') limits.duplicateFloods?.(id, text)
  }

  const noted = (by: Author, action: 'delete' | 'restore') =>
    async function noted(message: Message): Promise<Message> {
      if (action === 'restore') recentlyDeleted.forget(message.id)
      await note(by, action, message)
      return message
    }

  /** @throws {Refusal} NICK_REQUIRED, BANNED, MUTED */
  async function mayWrite(by: Person | null, address: string | null): Promise<Author> {
    const author = writer(by)
    // A ban to come closes the address of the words, wherever else their author has connected since.
    lastAddresses.note(author.id, address)
    await addressBans.mayWrite(author, address)
    return author
  }

  return {
    send,
    edit,
    remove,
    restore,
    react,
    mayWrite,
  }
}

export type MessageRules = ReturnType<typeof createMessageRules>

function writer(person: Person | null): Author {
  if (person?.nick) return { id: person.id, nick: person.nick, role: person.role }
  throw new Refusal('NICK_REQUIRED', 'Choose a nick first.')
}

function limit(use: Limiter, { id, role }: Author): void {
  if (role !== 'owner') use(id)
}
