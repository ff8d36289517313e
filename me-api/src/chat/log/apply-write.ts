import { type Author, type Message, REACTION_KINDS_MAX, REACTION_PEOPLE_MAX } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { type Content, isSameContent, noContent } from './content.ts'

/** A change that a person asks a room's log to make. */
export type Write = Send | Edit | Delete | Restore | React | Erase | Release

export type Send = Pick<Message, 'id' | 'room' | 'author' | 'replyTo' | 'about'> & {
  kind: 'send'
  /** A function receives the message's `seq`, which only the commit knows. */
  content: Content | ((seq: number) => Content)
}
/**
 * `charge` is called with the bytes that each reader receives beyond those the writer sent. It throws when they
 * exceed the budget.
 */
type Charged = { charge: (bytes: number) => void }
type Edit = Charged & { kind: 'edit'; id: string; author: Author; content: Content }
/** `keep` is called with the message as it was before the deletion. */
type Delete = { kind: 'delete'; id: string; author: Author; keep?: (message: Message) => void }
/**
 * `recall` returns the message as it was before the deletion, or null once it is forgotten. The log calls it in its
 * order.
 */
type Restore = { kind: 'restore'; id: string; author: Author; recall: (id: string) => Message | null }
type React = Charged & { kind: 'react'; id: string; author: Author; emoji: string; on: boolean }
/** Removes a person's part of a message: the content of their own message, their reactions on any other. */
type Erase = { kind: 'erase'; id: string; author: Author; personId: string }
/** Removes the author's name from their message, also from a deleted one; made once their account is deleted. */
type Release = { kind: 'release'; id: string; author: Author }

/**
 * Returns the message after the write, or the same object when the write changes nothing. The caller sets `rev`.
 * @throws {Refusal} NOT_FOUND, FORBIDDEN, ROOM_LOCKED, INVALID
 */
export function applyWrite(
  write: Exclude<Write, Send>,
  message: Message,
  isLocked: boolean,
  now: number,
): Message {
  if (write.kind === 'restore') return restored(message, write.recall(message.id))
  if (write.kind === 'release') return released(message, write.author.id)
  if (message.deletedAt) throw noMessage()
  const isOwner = write.author.role === 'owner'
  if (isLocked && !isOwner && write.kind !== 'delete' && write.kind !== 'erase') throw roomLocked()
  const isAuthor = write.author.id === message.author.id
  if (write.kind === 'edit' && !isAuthor)
    throw new Refusal('FORBIDDEN', "Only a message's author may edit it.")
  if (write.kind === 'delete' && !isAuthor && !isOwner)
    throw new Refusal('FORBIDDEN', 'You can delete only your own messages.')
  if (write.kind === 'erase' && !isOwner && write.author.id !== write.personId)
    throw new Refusal('FORBIDDEN', 'You can change only your own messages.')
  if (write.kind === 'edit') return edited(message, write.content, now)
  if (write.kind === 'delete') {
    write.keep?.(message)
    return deleted(message, now)
  }
  if (write.kind === 'erase') return erased(message, write.personId, now)
  return reacted(message, write)
}

/** Bytes of a frame besides the message it carries. */
const FRAME = 100

/**
 * Bytes that each reader receives beyond those the writer sent: the whole message for a reaction, everything except
 * the content for an edit.
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

/** Makes a tombstone: the message keeps its position in the room and loses its content. */
function deleted({ reactions: _, about: __, ...message }: Message, now: number): Message {
  return { ...message, ...noContent, deletedAt: new Date(now).toISOString() }
}

/**
 * Returns the message as it was before the deletion.
 * @throws {Refusal} NOT_FOUND if it is not deleted, or already forgotten
 */
function restored(message: Message, original: Message | null): Message {
  if (!message.deletedAt || !original) throw noMessage()
  // The author may have left meanwhile.
  return { ...original, author: message.author }
}

/** Returns the message without its author's name. @throws {Refusal} FORBIDDEN if somebody else wrote it */
function released(message: Message, authorId: string): Message {
  const { author } = message
  if (author.id !== authorId) throw new Refusal('FORBIDDEN', 'Only an author leaves their own messages.')
  return author.nick === '' ? message : { ...message, author: { ...author, nick: '' } }
}

function erased(message: Message, personId: string, now: number): Message {
  return message.author.id === personId ? deleted(message, now) : withoutPerson(message, personId)
}

/** Removes a person's reactions. Returns the same object when there are none. */
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
