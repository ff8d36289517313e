import { z } from 'zod'
import { Message } from './chat.ts'
import { MODERATED_MINUTES_MAX, REASON_MAX } from './limits.ts'
import { anyId, trimmedText } from './text.ts'

const ModerationAction = z.enum(['mute', 'ban', 'forgive', 'erase'])

export const Moderation = z.object({
  id: anyId,
  action: ModerationAction,
  minutes: z.int().min(1).max(MODERATED_MINUTES_MAX).optional(),
  reason: trimmedText(REASON_MAX).optional().describe('shown to the muted or banned person'),
})
export type Moderation = z.infer<typeof Moderation>

/** Everything that the moderation log records: the orders, and the owner's actions on other people's messages. */
export const ModerationLogAction = z.enum([...ModerationAction.options, 'delete', 'restore', 'dismiss'])
export type ModerationLogAction = z.infer<typeof ModerationLogAction>

/** What the log of the owner's account records. */
export const OwnerAction = z.enum([
  'sign-in',
  'change-password',
  'change-account',
  'turn-on-second-step',
  'turn-off-second-step',
  'add-passkey',
  'remove-passkey',
  'sign-out-everywhere',
  'create-room',
  'change-room',
  'remove-room',
  'save-presentation',
  'create-report',
  'save-report',
  'remove-report',
  'remove-member',
  'reset-member',
  'invite',
  'create-bot',
  'change-bot',
  'replace-bot-token',
  'remove-bot',
  'create-webhook',
  'change-webhook',
  'remove-webhook',
])
export type OwnerAction = z.infer<typeof OwnerAction>

/** A message as it was when it was reported; `at` is when it was sent. */
export const ReportedWords = z
  .object({ text: z.string(), nick: z.string(), at: z.iso.datetime() })
  .meta({ id: 'ReportedWords' })
export type ReportedWords = z.infer<typeof ReportedWords>

export const MessageReport = z
  .object({
    message: Message.describe('the message as it is now'),
    reported: ReportedWords.nullable().describe(
      'the message as it was when first reported; null if no copy is stored',
    ),
    alsoReported: z
      .array(ReportedWords)
      .optional()
      .describe('other versions that were reported later; absent if there are none'),
    count: z.int().describe('the number of people who reported it'),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
  })
  .meta({ id: 'MessageReport' })
export type MessageReport = z.infer<typeof MessageReport>

/** The mutes and bans with their ends, the open reports, the log, and the log of the owner's account, the latest first. */
export const ModerationOverview = z
  .object({
    reports: z.array(MessageReport),
    people: z.array(
      z.object({
        id: z.string(),
        nick: z.string(),
        mutedUntil: z.iso.datetime().nullable(),
        bannedUntil: z.iso.datetime().nullable(),
        muteReason: z.string().nullable(),
        banReason: z.string().nullable(),
      }),
    ),
    log: z.array(
      z.object({
        at: z.iso.datetime(),
        by: z.object({ id: z.string(), nick: z.string() }),
        action: ModerationLogAction,
        to: z.object({ id: z.string(), nick: z.string() }),
        minutes: z.int().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    account: z
      .array(
        z.object({
          at: z.iso.datetime(),
          by: z.object({ id: z.string(), nick: z.string() }),
          action: OwnerAction,
          subject: z.string().nullable(),
        }),
      )
      .describe("what the owner's account did; `subject` is a room's name, a week, a nick or a browser"),
  })
  .meta({ id: 'ModerationOverview' })
export type ModerationOverview = z.infer<typeof ModerationOverview>
