import { z } from 'zod'
import { Change, Message, Notice, Person, RoomName } from '../contract/index.ts'

const counts = z.object({
  isAll: z.boolean().default(false).describe('whether there are no others'),
  open: z.array(z.tuple([z.string(), z.int().nonnegative()])),
})

/**
 * What a node tells the others, by kind. A node of another version may send less, more, or kinds that are not here:
 * what is unknown is left out, and what does not fit its schema is ignored.
 */
export const nodeMessages = {
  /** Writes that are committed; without their messages where they are more than the channel holds at once. */
  change: Change,
  /** A room was added, changed or removed. */
  rooms: z.null(),
  /** People who came to the node or have another nick, and the ids of those who left it. */
  people: z.object({
    isAll: z.boolean().default(false).describe('whether nobody else is there'),
    here: z.array(Person),
    gone: z.array(z.string()),
  }),
  /** People whom somebody's use of a tab on the node shows to be there, and who are no longer. */
  active: z.object({
    isAll: z.boolean().default(false).describe('whether nobody else is'),
    active: z.array(z.string()),
    away: z.array(z.string()),
  }),
  typing: z.object({ room: RoomName, id: z.string(), nick: z.string().nullable(), isWriting: z.boolean() }),
  /** An identity has opened a connection in a tab; an earlier one of the same tab is half open at best. */
  tab: z.object({ key: z.string() }),
  /** A node that has a connection of this tab asks for others, and learns their age in milliseconds. */
  tabAsked: z.object({ key: z.string(), question: z.string() }),
  tabHeld: z.object({ key: z.string(), question: z.string(), age: z.number() }),
  /** An event of the chat that connections on every node have to hear of. */
  signal: z.discriminatedUnion('name', [
    z.object({ name: z.literal('notice'), data: z.object({ personId: z.string(), notice: Notice }) }),
    z.object({ name: z.literal('banNotice'), data: Notice }),
    z.object({ name: z.enum(['personBanned', 'identityEnded', 'botTokenReplaced']), data: z.string() }),
    z.object({ name: z.literal('renamed'), data: Person }),
    z.object({
      name: z.literal('conversationChanged'),
      data: z.object({ room: RoomName, of: z.enum(['owner', 'person', 'both']), isGone: z.boolean() }),
    }),
    // JSON leaves out what is undefined.
    z.object({ name: z.literal('addressesBanned'), data: z.undefined().optional() }),
  ]),
  /** Mutes and bans that are in force from now on, or no longer. */
  sanctions: z.array(
    z.object({
      person_id: z.string(),
      nick: z.string(),
      muted_until: z.number(),
      banned_until: z.number(),
      address_key: z.string().nullable(),
      address_key_56: z.string().nullable(),
      address_key_48: z.string().nullable(),
      closed_bits: z.number().nullable(),
      banned_at: z.number().nullable(),
      mute_reason: z.string().nullable(),
      ban_reason: z.string().nullable(),
    }),
  ),
  /** The owner has deleted this message, and may restore it on any node for some seconds. */
  deleted: Message,
  /** Everything of a person is being erased, or has been. */
  erasing: z.object({ personId: z.string(), isOver: z.boolean() }),
  /** A user is signed in in this tab, which is a hash. */
  userTab: z.object({ userId: z.string(), tab: z.string() }),
  /** Tabs of which the node knows which user was signed in there last: user and tab. */
  userTabs: z.array(z.tuple([z.string(), z.string()])),
  /** The ids of sessions that have ended. */
  sessionEnded: z.string(),
  /** What a node has counted, see tallies.ts: the count's name, the key, the points, and whether those before go. */
  counted: z.array(z.tuple([z.string(), z.string(), z.number(), z.boolean()])),
  /** The open connections of a node by network, and those who read its pages by path; where there are none it is 0. */
  connections: counts,
  readers: counts,
  /** The owner has written or removed a page. */
  pages: z.null(),
  /** The owner has added, changed or removed a webhook. */
  webhooks: z.null(),
}

export type NodeMessages = { [Kind in keyof typeof nodeMessages]: z.input<(typeof nodeMessages)[Kind]> }
