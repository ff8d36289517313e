import { type WebhookEvent, type WebhookPayload, isPrivate } from '../../contract/index.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { DeliveriesStore, DeliveryRow } from './deliveries.store.ts'

type Parts = {
  store: Pick<DeliveriesStore, 'message' | 'visitor' | 'report' | 'neverTold'>
  mayRead: ReadRule
}

/** What is told, and for a message the `rev` that it has then. */
export type Made = { payload: WebhookPayload; rev: number | null }

/** Makes what a webhook is told of something, as it is now; null where nothing is left to tell. */
export function createMakePayload({ store, mayRead }: Parts) {
  async function ofMessage(delivery: DeliveryRow, type: MessageEvent, origin: string): Promise<Made | null> {
    const found = await store.message(delivery.subject ?? '')
    if (!found) return null
    const { title, ...message } = found
    if (isPrivate(message.room) !== (type === 'conversation.message')) return null
    if (!isPrivate(message.room) && !mayRead(null, message.room)) return null
    const isDeleted = message.deletedAt !== undefined
    if (isDeleted !== (type === 'message.deleted')) return null
    if (isDeleted && (await store.neverTold(delivery))) return null
    const data = {
      message,
      room: { name: message.room, title },
      url: `${origin}/chat/${message.room}/${message.seq}`,
    }
    return { payload: { type, timestamp: timeOf(delivery), data }, rev: message.rev }
  }

  return async function makePayload(delivery: DeliveryRow, origin: string): Promise<Made | null> {
    const { event, subject } = delivery
    const timestamp = timeOf(delivery)
    if (event === 'test')
      return { payload: { type: event, timestamp, data: { url: `${origin}/integrations` } }, rev: null }
    if (event === 'report.created') {
      const report = await store.report(Number(subject))
      const url = `${origin}/reports/week/${subject}`
      return report ? { payload: { type: event, timestamp, data: { report, url } }, rev: null } : null
    }
    if (event === 'visitor.joined') {
      const person = await store.visitor(subject ?? '')
      const url = `${origin}/chat`
      return person ? { payload: { type: event, timestamp, data: { person, url } }, rev: null } : null
    }
    return ofMessage(delivery, event, origin)
  }
}

export type MakePayload = ReturnType<typeof createMakePayload>

type MessageEvent = Exclude<WebhookEvent, 'report.created' | 'visitor.joined'>

const timeOf = ({ made_at }: DeliveryRow): string => new Date(made_at).toISOString()
