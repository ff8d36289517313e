import { z } from 'zod'
import { Message, Person, Room, RoomName } from './chat.ts'
import { anyId } from './text.ts'

/** With whom a private conversation is begun: everybody but the owner talks with the owner, and need not say so. */
export const ConversationChoice = z.object({
  with: anyId.optional().describe("a person's id; the owner has to give it"),
})
export type ConversationChoice = z.infer<typeof ConversationChoice>

/** A private conversation as one of its two people sees it. */
export const Conversation = Room.extend({
  last: Message.nullable().describe('the newest message that is not deleted'),
  unread: z.int().describe("the other's messages that one has not read"),
}).meta({ id: 'Conversation' })
export type Conversation = z.infer<typeof Conversation>

export const ConversationChange = z
  .object({
    room: RoomName,
    unread: z.int(),
    with: Person.optional().describe('the other of the two'),
    gone: z.boolean().optional().describe('the owner has removed the conversation with its messages'),
  })
  .meta({ id: 'ConversationChange' })
export type ConversationChange = z.infer<typeof ConversationChange>
