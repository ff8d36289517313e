import { z } from 'zod'
import { Message, OpenRoomName, Person } from './chat.ts'
import { ReportSummary } from './pages.ts'

export const WebhookEvent = z.enum([
  'message.sent',
  'message.edited',
  'message.deleted',
  'mention',
  'conversation.message',
  'report.created',
  'visitor.joined',
])
export type WebhookEvent = z.infer<typeof WebhookEvent>

/** What a receiver expects: Standard Webhooks, or what Slack, Discord or ntfy take. */
export const WebhookFormat = z.enum(['standard', 'slack', 'discord', 'ntfy'])
export type WebhookFormat = z.infer<typeof WebhookFormat>

const WebhookUrl = z.string().trim().min(1).max(2_000)
const Events = z
  .array(WebhookEvent)
  .min(1, 'must name at least one event')
  .max(100)
  .transform((events) => [...new Set(events)])
const Rooms = z
  .array(OpenRoomName)
  .min(1, 'must name at least one room')
  .max(100)
  .transform((rooms) => [...new Set(rooms)])
  .nullable()
  .describe('the rooms whose `message.*` and `mention` are told; null: all that everybody may read')

export const NewWebhook = z.object({
  url: WebhookUrl,
  events: Events,
  format: WebhookFormat.default('standard'),
  rooms: Rooms.default(null),
})
export type NewWebhook = z.infer<typeof NewWebhook>

export const WebhookChanges = z
  .object({ url: WebhookUrl, events: Events, rooms: Rooms, on: z.boolean() })
  .partial()
export type WebhookChanges = z.infer<typeof WebhookChanges>

/** Why a webhook is off: the owner wanted it, its receiver answered 410, or failed for five days. */
const WebhookOff = z.enum(['owner', 'gone', 'failing'])
export type WebhookOff = z.infer<typeof WebhookOff>

export const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    format: WebhookFormat,
    events: z.array(WebhookEvent),
    rooms: z.array(z.string()).nullable(),
    on: z.boolean(),
    off: WebhookOff.nullable().describe('why it is off: null while it is on'),
    failingSince: z.iso.datetime().nullable().describe('when the first failure was since the last success'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof Webhook>

export const WebhookMade = z.object({
  webhook: Webhook,
  secret: z.string().describe('`whsec_` and base64 of the key that signs; it is shown this once'),
})
export type WebhookMade = z.infer<typeof WebhookMade>

export const WebhookDelivery = z
  .object({
    id: z.string().describe('the `webhook-id` of all attempts, replays included'),
    event: z.union([WebhookEvent, z.literal('test')]),
    subject: z.string().nullable().describe("a message's id, a report's week or a person's id"),
    status: z
      .enum(['pending', 'delivered', 'failed', 'skipped'])
      .describe('skipped: there was nothing left to tell, as of a message that was deleted meanwhile'),
    attempts: z.int(),
    createdAt: z.iso.datetime(),
    lastAttemptAt: z.iso.datetime().nullable(),
    nextAttemptAt: z.iso
      .datetime()
      .nullable()
      .describe('only while pending, and once it has been tried; the ones before it come first'),
    answer: z
      .object({ status: z.int(), body: z.string().nullable().describe('its first 500 characters') })
      .nullable()
      .describe('the last answer; its body is gone once what it may repeat was edited or deleted'),
    error: z.string().nullable().describe('why there was no answer'),
  })
  .meta({ id: 'WebhookDelivery' })
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookDeliveries = z.object({ deliveries: z.array(WebhookDelivery), more: z.boolean() })
export type WebhookDeliveries = z.infer<typeof WebhookDeliveries>

const url = z.string().describe('where that is on the site')
const AboutMessage = z.object({
  message: Message.describe('the message as it is when it is told'),
  room: z.object({ name: z.string(), title: z.string() }),
  url,
})
const payloadOf = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: z.iso.datetime().describe('when it happened'), data })

/** What a webhook of the format `standard` receives, by event. */
export const webhookPayloads = {
  'message.sent': payloadOf('message.sent', AboutMessage),
  'message.edited': payloadOf('message.edited', AboutMessage),
  'message.deleted': payloadOf('message.deleted', AboutMessage),
  mention: payloadOf('mention', AboutMessage),
  'conversation.message': payloadOf('conversation.message', AboutMessage),
  'report.created': payloadOf('report.created', z.object({ report: ReportSummary, url })),
  'visitor.joined': payloadOf('visitor.joined', z.object({ person: Person, url })),
  test: payloadOf('test', z.object({ url })),
} as const
export type WebhookPayload = z.infer<(typeof webhookPayloads)[keyof typeof webhookPayloads]>
