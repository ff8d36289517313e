import { LESSON_ROOM } from './limits.ts'

/**
 * Names of private conversations. This file imports numbers and names only, so that the site can use it without loading
 * a schema library. A name is `~` and the id of the person who talks with the owner, in base 36; so everybody who reads
 * knows from memory whose it is. It is no secret: the read rule protects the conversation.
 */

/** Digits in base 36 of the 128 bits of a UUID. */
const WIDTH = 25
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Whether this is the name of a private conversation, which may be there or not. */
export const isPrivate = (room: string): boolean => room.startsWith('~') && room !== LESSON_ROOM

/** Returns the name of a person's conversation with the owner; null for an id that nobody can have. */
export function conversationOf(personId: string): string | null {
  if (!uuid.test(personId)) return null
  const number = BigInt(`0x${personId.replaceAll('-', '')}`)
  return `~${number.toString(36).padStart(WIDTH, '0')}`
}

/** Returns the id of the person who talks with the owner in a conversation; null for any other name. */
export function personIn(room: string): string | null {
  if (!isPrivate(room) || room.length !== WIDTH + 1 || !/^~[\da-z]+$/.test(room)) return null
  let number = 0n
  for (const digit of room.slice(1)) number = number * 36n + BigInt(parseInt(digit, 36))
  const hex = number.toString(16).padStart(32, '0')
  return hex.length > 32 ? null : hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
