import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import {
  type NewWebhook,
  WEBHOOKS_MAX,
  type Webhook,
  type WebhookChanges,
  type WebhookDeliveries,
  type WebhookDelivery,
  type WebhookMade,
  type WebhookOff,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { readChosenRooms, requireRooms } from '../rooms/chosen-rooms.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Signals } from '../signals.ts'
import type { DeliveriesStore, DeliveryRow } from './deliveries.store.ts'
import { type WebhookOutbox, newDeliveryId } from './outbox.ts'
import { type WebhookRow, type WebhooksStore, eventsOf } from './webhooks.store.ts'

/** Bytes of a key: Standard Webhooks asks for 24 to 64. */
const KEY_BYTES = 32

type Parts = {
  store: WebhooksStore
  deliveries: Pick<DeliveriesStore, 'add' | 'again' | 'find' | 'page' | 'endWait'>
  outbox: Pick<WebhookOutbox, 'load'>
  outbound: Pick<Outbound, 'refusalOf'>
  rooms: Pick<Rooms, 'list'>
  signals: Pick<Signals, 'webhookSwitchedOff'>
  /** Something is due at once. */
  wake: () => void
  /** The other nodes read anew which webhooks there are. */
  tellNodes: () => void
  clock: Clock
}

/** The addresses that the owner has told of what happens on the site. */
export function createWebhooks(parts: Parts) {
  const { store, deliveries, outbox, outbound, rooms, signals, wake, tellNodes, clock } = parts

  /** This node knows before the answer, the others within seconds. */
  async function changed(): Promise<void> {
    await outbox.load()
    tellNodes()
  }

  /** @throws {Refusal} INVALID */
  function checkUrl(url: string): void {
    const refusal = outbound.refusalOf(url)
    if (refusal) throw new Refusal('INVALID', `url: ${refusal}`, { pointer: '/url' })
  }

  /** @throws {Refusal} NOT_FOUND */
  async function open(id: string): Promise<WebhookRow> {
    const row = await store.find(id)
    if (!row) throw noWebhook()
    return row
  }

  return {
    list: async (): Promise<Webhook[]> => (await store.list()).map(toWebhook),

    /** @throws {Refusal} NOT_FOUND */
    read: async (id: string): Promise<Webhook> => toWebhook(await open(id)),

    /** `origin` is the site's, for links in what is told. @throws {Refusal} INVALID, CONFLICT */
    async add({ url, events, format, rooms: names }: NewWebhook, origin: string): Promise<WebhookMade> {
      checkUrl(url)
      await requireRooms(rooms, names)
      const secret = `whsec_${randomBytes(KEY_BYTES).toString('base64')}`
      const row = {
        ...{
          id: randomUUID(),
          url,
          format,
          events: JSON.stringify(events),
          rooms: names && JSON.stringify(names),
        },
        ...{ secret, origin, off: null, failing_since: null, failures: 0, created_at: clock.now() },
      }
      if (!(await store.add(row, WEBHOOKS_MAX)))
        throw new Refusal('CONFLICT', `There are ${WEBHOOKS_MAX} webhooks already.`)
      await changed()
      return { webhook: toWebhook(row), secret }
    },

    /** @throws {Refusal} NOT_FOUND, INVALID */
    async change(id: string, { url, events, rooms: names, on }: WebhookChanges): Promise<Webhook> {
      if (url !== undefined) checkUrl(url)
      await requireRooms(rooms, names)
      const before = await open(id)
      const isAnew = (on === true && before.off !== null) || (url !== undefined && url !== before.url)
      const row = await store.update(id, {
        id,
        ...(url !== undefined && { url }),
        ...(events && { events: JSON.stringify(events) }),
        ...(names !== undefined && { rooms: names && JSON.stringify(names) }),
        ...(on === true && { off: null }),
        ...(on === false && { off: before.off ?? 'owner' }),
        ...(isAnew && { failing_since: null, failures: 0 }),
      })
      if (!row) throw noWebhook()
      if (isAnew) await deliveries.endWait(id)
      await changed()
      wake()
      return toWebhook(row)
    },

    /** Returns the address that it had. @throws {Refusal} NOT_FOUND */
    async remove(id: string): Promise<string> {
      const row = await store.remove(id)
      if (!row) throw noWebhook()
      await changed()
      return row.url
    },

    /** Has a test sent at once, also to a webhook that is off. @throws {Refusal} NOT_FOUND */
    async test(id: string): Promise<WebhookDelivery> {
      await open(id)
      const row = await deliveries.add({
        ...{ id: newDeliveryId(), webhook_id: id, event: 'test', subject: null, made_at: clock.now() },
        is_single: 1,
      })
      wake()
      return toDelivery(row)
    },

    /**
     * Returns a page of what a webhook was told and waits for it, newest first; `before` is a delivery's id.
     * @throws {Refusal} NOT_FOUND
     */
    async log(id: string, before: string | undefined, limit: number): Promise<WebhookDeliveries> {
      await open(id)
      const last = before === undefined ? null : await deliveries.find(id, before)
      if (last === undefined) throw noDelivery('/before')
      const rows = await deliveries.page(id, last?.key ?? null, limit)
      return { deliveries: rows.slice(0, limit).map(toDelivery), more: rows.length > limit }
    },

    /** Has something told once more, as it is now, under the same id. @throws {Refusal} NOT_FOUND */
    async replay(id: string, deliveryId: string): Promise<WebhookDelivery> {
      await open(id)
      const found = await deliveries.find(id, deliveryId)
      const row = found && (await deliveries.again(found))
      if (!row) throw noDelivery()
      wake()
      return toDelivery(row)
    },

    /** Switches a webhook off that does not work, and tells the owner. */
    async switchOff(id: string, off: WebhookOff): Promise<void> {
      if (!(await store.switchOff(id, off))) return
      await changed()
      signals.webhookSwitchedOff.emit()
    },
  }
}

export type Webhooks = ReturnType<typeof createWebhooks>

const noWebhook = () => new Refusal('NOT_FOUND', 'There is no such webhook.')
const noDelivery = (pointer?: string) =>
  new Refusal('NOT_FOUND', 'There is no such delivery.', pointer ? { pointer } : {})

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const toWebhook = (row: WebhookRow): Webhook => ({
  ...{
    id: row.id,
    url: row.url,
    format: row.format,
    events: eventsOf(row),
    rooms: readChosenRooms(row.rooms),
  },
  ...{ on: row.off === null, off: row.off, failingSince: timeOf(row.failing_since) },
  createdAt: new Date(row.created_at).toISOString(),
})

const toDelivery = (row: DeliveryRow): WebhookDelivery => ({
  ...{ id: row.id, event: row.event, subject: row.subject, status: row.status, attempts: row.attempts },
  createdAt: new Date(row.made_at).toISOString(),
  lastAttemptAt: timeOf(row.tried_at),
  nextAttemptAt: row.status === 'pending' && row.tried_at !== null ? timeOf(row.tried_at + row.wait) : null,
  answer: row.answer_status === null ? null : { status: row.answer_status, body: row.answer },
  error: row.error,
})
