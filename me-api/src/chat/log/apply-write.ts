import { type Author, type Message, REACTION_KINDS_MAX, REACTION_PEOPLE_MAX } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { type Content, isSameContent, noContent } from './content.ts'

/** What somebody wants to do to a room's log. */
export type Write = Send | Edit | Delete | Restore | React | Erase

export type Send = Pick<Message, 'id' | 'room' | 'author' | 'replyTo'> & { kind: 'send'; content: Content }
/** `charge` gets the bytes sent to each reader beyond those that the writer sent, and throws where they are too many. */
type Charged = { charge: (bytes: number) => void }
type Edit = Charged & { kind: 'edit'; id: string; author: Author; content: Content }
/** `keep` gets the message before its deletion. */
type Delete = { kind: 'delete'; id: string; author: Author; keep?: (message: Message) => void }
/** `recall` answers the message before its deletion, null where it is kept no longer. It is called in the log's order. */
type Restore = { kind: 'restore'; id: string; author: Author; recall: (id: string) => Message | null }
type React = Charged & { kind: 'react'; id: string; author: Author; emoji: string; on: boolean }
/** Takes out of a message what that person put there: its words where it is theirs, else their signs. */
type Erase = { kind: 'erase'; id: string; author: Author; personId: string }

/**
 * What a write makes of a stored message; the very same object where it changes nothing. The message's `rev` is
 * the caller's to give.
 * @throws {Refusal} NOT_FOUND, FORBIDDEN, ROOM_LOCKED, INVALID
 */
export function applyWrite(
  write: Exclude<Write, Send>,
  message: Message,
  isLocked: boolean,
  now: number,
): Message {
  if (write.kind === 'restore') return restored(message, write.recall(message.id))
  if (message.deletedAt) throw noMessage()
  const isOwner = write.author.role === 'owner'
  if (isLocked && !isOwner && write.kind !== 'delete' && write.kind !== 'erase') throw roomLocked()
  const isAuthor = write.author.id === message.author.id
  if (write.kind === 'edit' && !isAuthor)
    throw new Refusal('FORBIDDEN', "Only a message's author may edit it.")
  if (write.kind === 'delete' && !isAuthor && !isOwner)
    throw new Refusal('FORBIDDEN', 'That is not your message.')
  if (write.kind === 'erase' && !isOwner && write.author.id !== write.personId)
    throw new Refusal('FORBIDDEN', 'Those are not your words.')
  if (write.kind === 'edit') return edited(message, write.content, now)
  if (write.kind === 'delete') {
    write.keep?.(message)
    return deleted(message, now)
  }
  if (write.kind === 'erase') return erased(message, write.personId, now)
  return reacted(message, write)
}

/** Bytes around a message in the frame that brings it. */
const FRAME = 100

/**
 * Bytes that a write sends to each reader beyond what its writer sent: the whole message for a reaction, and all but the
 * content for an edit.
 */
export function weightOf({ kind }: Write, message: Message): number {
  const unsent = kind === 'edit' ? { ...message, ...noContent } : message
  return FRAME + Buffer.byteLength(JSON.stringify(unsent))
}

function edited(message: Message, content: Content, now: number): Message {
  return isSameContent(message, content)
    ? message
    : { ...message, ...content, editedAt: new Date(now).toISOString() }
}

/** A tombstone: the message keeps its place, and nothing of what it said. */
function deleted({ reactions: _, ...message }: Message, now: number): Message {
  return { ...message, ...noContent, deletedAt: new Date(now).toISOString() }
}

/** The message before its deletion. @throws {Refusal} NOT_FOUND where it is not deleted, or kept no longer */
function restored(message: Message, kept: Message | null): Message {
  if (!message.deletedAt || !kept) throw noMessage()
  return { ...kept }
}

function erased(message: Message, personId: string, now: number): Message {
  return message.author.id === personId ? deleted(message, now) : withoutPerson(message, personId)
}

/** Without that person's reactions; the very same object where there are none. */
export function withoutPerson(message: Message, personId: string): Message {
  const { reactions: all = {}, ...rest } = message
  if (!Object.values(all).some((people) => people.includes(personId))) return message
  const others = Object.entries(all)
    .map(([emoji, people]) => [emoji, people.filter((id) => id !== personId)] as const)
    .filter(([, people]) => people.length > 0)
  return others.length > 0 ? { ...rest, reactions: Object.fromEntries(others) } : rest
}

function reacted(message: Message, { author, emoji, on }: React): Message {
  const { reactions: all = {}, ...rest } = message
  const people = all[emoji] ?? []
  if (people.includes(author.id) === on) return message
  if (on && people.length === 0 && Object.keys(all).length >= REACTION_KINDS_MAX) {
    throw new Refusal('INVALID', `A message has at most ${REACTION_KINDS_MAX} kinds of emoji.`, {
      pointer: '/emoji',
    })
  }
  if (on && people.length >= REACTION_PEOPLE_MAX) {
    throw new Refusal('INVALID', `At most ${REACTION_PEOPLE_MAX} people share one emoji.`, {
      pointer: '/emoji',
    })
  }
  const { [emoji]: _, ...others } = all
  const now = on ? [...people, author.id] : people.filter((id) => id !== author.id)
  const reactions = now.length > 0 ? { ...all, [emoji]: now } : others
  return Object.keys(reactions).length > 0 ? { ...rest, reactions } : rest
}

export const noMessage = () => new Refusal('NOT_FOUND', 'There is no such message.')
export const roomLocked = () => new Refusal('ROOM_LOCKED', 'The room is locked.')
