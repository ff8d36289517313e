import type { WebhookEvent, WebhookFormat } from 'me-api/contract'

/** What webhooks can be told of, and how, in the order of the form. */
export const webhookEvents = [
  'message.sent',
  'message.edited',
  'message.deleted',
  'mention',
  'conversation.message',
  'report.created',
  'visitor.joined',
] as const satisfies WebhookEvent[]

export const webhookFormats = ['standard', 'slack', 'discord', 'ntfy'] as const satisfies WebhookFormat[]
