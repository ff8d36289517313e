import { randomUUID } from 'node:crypto'
import type { Insertable } from 'kysely'
import type { Clock } from '../../clock.ts'
import { type WebhookEvent, isPrivate } from '../../contract/index.ts'
import { isMentioned } from '../../contract/message-markdown.ts'
import type { AlsoStored, Tx, WebhookDeliveriesTable } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'
import type { Written } from '../log/commit.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Listener, WebhooksStore } from './webhooks.store.ts'

type Parts = { store: Pick<WebhooksStore, 'listeners'>; mayRead: ReadRule; clock: Clock }
type NewDelivery = Insertable<WebhookDeliveriesTable>
/** What happened: the event, whom or what it is about, and for messages the room and the `rev`. */
type Happening = { event: WebhookEvent; subject: string; room?: string; rev?: number }

/**
 * Stores what webhooks are to be told, in the transaction of what happens, so that no restart loses it. Which webhooks there
 * are is in memory: without any it costs nothing.
 */
export function createWebhookOutbox({ store, mayRead, clock }: Parts) {
  let listeners: Listener[] = []
  let wake = () => {}

  const listens = (event: WebhookEvent): boolean => listeners.some(({ events }) => events.has(event))

  async function put(tx: Tx, happenings: Happening[]): Promise<void> {
    const rows = happenings.flatMap((happening) =>
      listeners.filter((listener) => isFor(listener, happening)).map(({ id }) => rowOf(id, happening)),
    )
    for (const some of inChunks(rows)) await tx.insertInto('webhook_deliveries').values(some).execute()
    if (rows.length > 0) wake()
  }

  const rowOf = (webhookId: string, { event, subject, rev = 0 }: Happening): NewDelivery => ({
    ...{ id: newDeliveryId(), webhook_id: webhookId, event, subject, rev, made_at: clock.now() },
  })

  /** What a bot wrote is told to nobody: a bot never hears itself, and nothing goes round in circles. */
  function happeningsOf({ what, message }: Written, owner: Owner): Happening[] {
    const { id: subject, room, rev, author, text } = message
    if (author.role === 'bot') return []
    const about = { subject, room, rev }
    if (isPrivate(room)) return what === 'sent' ? [{ event: 'conversation.message', ...about }] : []
    if (!mayRead(null, room)) return []
    const isMention = what === 'sent' && owner && author.id !== owner.id && isMentioned(text, owner.nick)
    return [
      { event: `message.${what}`, ...about },
      ...(isMention ? [{ event: 'mention' as const, ...about }] : []),
    ]
  }

  return {
    /** Reads which webhooks there are. */
    async load(): Promise<void> {
      listeners = await store.listeners()
    },

    /** `task` is called when something was put, shortly before it is committed. */
    onPut: (task: () => void): void => void (wake = task),

    /** Puts what was written. */
    async note(tx: Tx, written: Written[]): Promise<void> {
      if (listeners.length === 0 || written.length === 0) return
      const owner = listens('mention') ? await ownerIn(tx) : undefined
      await put(
        tx,
        written.flatMap((one) => happeningsOf(one, owner)),
      )
    },

    /** Returns what puts this event in a transaction; undefined where nobody listens. */
    noteOf: (event: WebhookEvent, subject: string): AlsoStored | undefined =>
      listens(event) ? (tx) => put(tx, [{ event, subject }]) : undefined,
  }
}

export type WebhookOutbox = ReturnType<typeof createWebhookOutbox>

type Owner = { id: string; nick: string } | undefined

/** Whether a webhook is told of this; its rooms say nothing about what is in none, or is private. */
const isFor = ({ events, rooms }: Listener, { event, room }: Happening): boolean =>
  events.has(event) && (!room || isPrivate(room) || !rooms || rooms.has(room))

const ownerIn = (tx: Tx): Promise<Owner> =>
  tx.selectFrom('users').select(['id', 'nick']).where('role', '=', 'owner').executeTakeFirst()

/** Returns a new `webhook-id`. */
export const newDeliveryId = (): string => `msg_${randomUUID()}`
