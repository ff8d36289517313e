import { z } from 'zod'
import { OpenRoomName, RoomName } from './chat.ts'
import { BOT_ROOMS_MAX } from './limits.ts'

/** Where a bot may write; null for every open room. */
const BotRooms = z.array(OpenRoomName).min(1).max(BOT_ROOMS_MAX).nullable()

/** A program as the chat shows it: a Person of the role `bot`. */
export const Bot = z
  .object({
    id: z.string(),
    nick: z.string(),
    role: z.literal('bot'),
    rooms: BotRooms.describe('the rooms in which it may write; null: every open room'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Bot' })
export type Bot = z.infer<typeof Bot>

export const NewBot = z.object({ nick: z.string().describe('1–24 characters'), rooms: BotRooms.optional() })
export type NewBot = z.infer<typeof NewBot>

export const BotChanges = NewBot.partial()
export type BotChanges = z.infer<typeof BotChanges>

/** What a bot is recognised by; given out once. */
export const BotCredentials = z
  .object({
    bot: Bot,
    token: z.string().describe('where a visitor\u2019s token works, and in the address of its hook'),
    secret: z.string().describe('the key of signatures (HMAC-SHA256)'),
  })
  .meta({ id: 'BotCredentials' })
export type BotCredentials = z.infer<typeof BotCredentials>

/** Words that a bot says so that the owner sees that it works. */
export const BotTest = z.object({
  room: RoomName.optional().describe("default: the bot's first room, else the lobby"),
  text: z.string().describe('1–4,000 characters'),
})
export type BotTest = z.infer<typeof BotTest>
