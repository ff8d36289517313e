import { z } from 'zod'
import {
  AboutDraft,
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
import type { Regulars } from '../../nicks/regulars.ts'
import type { Places } from '../about/places.ts'
import type { SanctionChecks } from '../moderation/sanction-checks.ts'
import type { LastAddresses } from '../moderation/last-addresses.ts'
import { ownOf } from '../log/commit.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { Newcomers } from '../rate-limits/new-identities.ts'
import type { RecentlyDeleted } from './recently-deleted.ts'
import type { RoomLog } from '../log/room-log.ts'
import type { Rooms } from '../rooms/rooms.ts'

/**
 * A write that has its position in the log's order. A connection's writes are accepted one after the other, which
 * keeps their order, while each `stored` resolves later. `isKnown` means that the message was stored before.
 */
export type Accepted = { isKnown: boolean; stored: Promise<Message> }

/**
 * Text and place are validated separately from the rest of a draft, because a retry with a stored id succeeds whatever
 * they are.
 */
const DraftContent = z.object({ text: MessageText, about: AboutDraft.optional() })

type Parts = {
  store: Pick<MessageStore, 'find'>
  roomLog: RoomLog
  rooms: Pick<Rooms, 'refuseHidden'>
  limits: Pick<
    ChatLimits,
    | 'sends'
    | 'newcomersSends'
    | 'changes'
    | 'botsSends'
    | 'botsChanges'
    | 'address'
    | 'readersBudget'
    | 'duplicateFloods'
  >
  sanctionChecks: SanctionChecks
  lastAddresses: Pick<LastAddresses, 'note'>
  newcomers: Newcomers
  regulars: Pick<Regulars, 'wrote'>
  places: Places
  recentlyDeleted: RecentlyDeleted
  /** Called after the owner deletes or restores a message. */
  note: (by: Author, action: 'delete' | 'restore', message: Message) => Promise<void>
}

/**
 * The rules of writing: who may send, edit, delete, restore and react. `address` is the writer's, or null if unknown;
 * `host` is the site's host that the writer asked for, empty if unknown.
 * The log's transaction checks the rules that depend on a message's state.
 */
export function createMessageRules({
  store,
  roomLog,
  rooms,
  limits,
  sanctionChecks,
  lastAddresses,
  newcomers,
  regulars,
  places,
  recentlyDeleted,
  note,
}: Parts) {
  /**
   * Sends a message. A retry with the same id always succeeds: a stored message is returned before any limit, lock or
   * check.
   */
  async function send(
    by: Person | null,
    draft: MessageDraft,
    address: string | null,
    host: string,
  ): Promise<Accepted> {
    const { id, room, replyTo } = draft
    // First, so that no answer tells whether a message of a hidden room has this id.
    rooms.refuseHidden(by, room)
    const stored = by && (await store.find(id))
    if (stored) return { isKnown: true, stored: Promise.resolve(ownOf(by.id, stored)) }
    const author = await mayWrite(by, address)
    const { text, about } = parse(DraftContent, draft)
    const place = about && (await places.find(about))
    newcomers.maySay(author.id, text, host)
    if (newcomers.isNew(author.id)) limit(limits.newcomersSends, author)
    limitSends(author)
    limitAddress(address, author)
    refuseDuplicates(author, text)
    const written = roomLog.write({
      kind: 'send',
      id,
      room,
      ...(replyTo && { replyTo }),
      ...(place && { about: place }),
      content: { text },
      author,
    })
    return { isKnown: false, stored: written.then(noteRegular) }
  }

  async function edit(
    by: Person | null,
    { id, text }: MessageEdit,
    address: string | null,
    host: string,
  ): Promise<Accepted> {
    const author = await mayWrite(by, address)
    newcomers.maySay(author.id, text, host)
    limitChanges(author)
    limitAddress(address, author)
    refuseDuplicates(author, text)
    const stored = roomLog.write({
      kind: 'edit',
      id,
      content: { text },
      author,
      charge: chargeOf(author, address),
    })
    return { isKnown: true, stored }
  }

  /** Deletes a message. A muted person may still delete their own messages. */
  async function remove(by: Person | null, { id }: MessageChoice, address: string | null): Promise<Accepted> {
    const author = writer(by)
    await sanctionChecks.mayBeHere(author, address)
    limitChanges(author)
    limitAddress(address, author)
    if (author.role !== 'owner')
      return { isKnown: true, stored: roomLog.write({ kind: 'delete', id, author }) }
    const stored = roomLog.write({ kind: 'delete', id, author, keep: recentlyDeleted.keep })
    return { isKnown: true, stored: stored.then(recorded(author, 'delete')) }
  }

  /**
   * Restores a message that the owner deleted within the last seconds.
   * @throws {Refusal} FORBIDDEN, and in `stored` NOT_FOUND
   */
  async function restore(by: Person | null, { id }: MessageChoice): Promise<Accepted> {
    if (by?.role !== 'owner') throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
    const author = writer(by)
    const stored = roomLog.write({ kind: 'restore', id, author, recall: recentlyDeleted.recall })
    return { isKnown: true, stored: stored.then(recorded(author, 'restore')) }
  }

  async function react(by: Person | null, reaction: Reaction, address: string | null): Promise<Accepted> {
    const author = await mayWrite(by, address)
    limitChanges(author)
    limitAddress(address, author)
    const stored = roomLog.write({ kind: 'react', ...reaction, author, charge: chargeOf(author, address) })
    return { isKnown: true, stored }
  }

  /** A bot has a pace of its own. */
  const limitSends = (author: Author): void =>
    limit(author.role === 'bot' ? limits.botsSends : limits.sends, author)
  const limitChanges = (author: Author): void =>
    limit(author.role === 'bot' ? limits.botsChanges : limits.changes, author)

  /**
   * The address limit is checked after the writer's own limit, so that a refused writer uses up nothing of the others
   * at the address.
   */
  function limitAddress(address: string | null, { role }: Author): void {
    if (!isTrusted(role)) limits.address(address)
  }

  const chargeOf = (author: Author, address: string | null) => (bytes: number) =>
    limits.readersBudget(author, address, bytes)

  function refuseDuplicates({ id, role }: Author, text: string): void {
    if (!isTrusted(role)) limits.duplicateFloods?.(id, text)
  }

  /** Before the acknowledgement, so that every acknowledged message counts for keeping the nick. */
  async function noteRegular(message: Message): Promise<Message> {
    await regulars.wrote(message)
    return message
  }

  const recorded = (by: Author, action: 'delete' | 'restore') =>
    async function recorded(message: Message): Promise<Message> {
      if (action === 'restore') recentlyDeleted.forget(message.id)
      await note(by, action, message)
      return message
    }

  /** @throws {Refusal} NICK_REQUIRED, BANNED, MUTED */
  async function mayWrite(by: Person | null, address: string | null): Promise<Author> {
    const author = writer(by)
    // A later ban blocks the address of the last write, even if the author has connected from elsewhere since.
    if (author.role !== 'bot') lastAddresses.note(author.id, address)
    await sanctionChecks.mayWrite(author, address)
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

/** What is for strangers does not hold for the owner, nor for the owner's programs, whose pace is their own. */
const isTrusted = (role: Author['role']): boolean => role === 'owner' || role === 'bot'

function writer(person: Person | null): Author {
  if (person?.nick) return { id: person.id, nick: person.nick, role: person.role }
  throw new Refusal('NICK_REQUIRED', 'Choose a nick first.')
}

function limit(use: Limiter, { id, role }: Author): void {
  if (role !== 'owner') use(id)
}
