import type { Insertable } from 'kysely'
import type { Message, Role } from '../../contract/index.ts'
import type { Database, PendingPushesTable } from '../../db/tables.ts'
import { messageColumns, toMessage } from '../log/message-row.ts'
import { putPendingMails } from '../mail/put-pending-mails.ts'
import { putPending } from './put-pending.ts'
import type { Reason } from './reasons.ts'

/** Somebody who is told, with the browsers to tell, and whether by mail. */
export type Subscriber = {
  id: string
  nick: string
  role: Role
  subscriptions: { id: number; createdAt: number }[]
  byMail: boolean
}

export type Looked = {
  /** The newest messages that nobody was told of yet, in the room's order. */
  messages: Message[]
  /** The authors of what they answer, by its id. */
  answered: Map<string, string>
  subscribers: Subscriber[]
}

/** Somebody who is to be told of a message. */
export type Told = { subscriber: Subscriber; reason: Reason; message: Message }

/** The SQL of looking through the rooms for who is to be told. `withMail`: the owner is told by mail too. */
export function createNewMessagesStore(db: Database, { withMail }: { withMail: boolean }) {
  async function subscribers(tx: Database): Promise<Subscriber[]> {
    const browsers = await withBrowsers(tx)
    const owner = withMail ? await ownerByMail(tx) : undefined
    if (!owner) return browsers
    const others = browsers.filter(({ id }) => id !== owner.id)
    const subscriptions = browsers.find(({ id }) => id === owner.id)?.subscriptions ?? []
    return [...others, { ...owner, subscriptions, byMail: true }]
  }

  /** Returns the owner, unless they have switched mails off. */
  const ownerByMail = (tx: Database): Promise<Pick<Subscriber, 'id' | 'nick' | 'role'> | undefined> =>
    tx
      .selectFrom('users')
      .leftJoin('mail_settings', 'user_id', 'users.id')
      .select(['users.id', 'nick', 'role'])
      .where('role', '=', 'owner')
      .where((eb) => eb.fn.coalesce('is_on', eb.lit(1)), '=', 1)
      .executeTakeFirst()

  async function withBrowsers(tx: Database): Promise<Subscriber[]> {
    const rows = await tx
      .selectFrom('push_subscriptions as s')
      .leftJoin('users as u', 'u.id', 's.person_id')
      .leftJoin('visitors as v', 'v.id', 's.person_id')
      .select([
        's.id',
        's.person_id',
        's.created_at',
        'u.nick as user_nick',
        'u.role',
        'v.nick as visitor_nick',
      ])
      .execute()
    const byPerson = Map.groupBy(rows, ({ person_id }) => person_id)
    return [...byPerson].flatMap(([id, own]) => {
      const { user_nick, visitor_nick, role } = own[0]!
      const subscriptions = own.map((row) => ({ id: row.id, createdAt: row.created_at }))
      return {
        id,
        nick: user_nick ?? visitor_nick ?? '',
        role: role ?? 'visitor',
        subscriptions,
        byMail: false,
      }
    })
  }

  async function authorsOf(tx: Database, ids: string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await tx.selectFrom('messages').select(['id', 'author_id']).where('id', 'in', ids).execute()
    return new Map(rows.map(({ id, author_id }) => [id, author_id]))
  }

  return {
    /** Whether anybody is told of anything. */
    async hasAnybody(): Promise<boolean> {
      if (withMail) return true
      const row = db.selectFrom('push_subscriptions').select('id').limit(1)
      return (await row.executeTakeFirst()) !== undefined
    },

    /** Returns the rooms in which something was said since they were last looked through. */
    async behind(): Promise<string[]> {
      const rows = await db
        .selectFrom('rooms')
        .leftJoin('push_progress', 'push_progress.room', 'rooms.name')
        .select('rooms.name')
        .whereRef('rooms.seq', '>', (eb) => eb.fn.coalesce('push_progress.seq', eb.lit(0)))
        .where('removed_at', 'is', null)
        .execute()
      return rows.map(({ name }) => name)
    },

    /**
     * Looks a room's new messages through, at most the newest `max` since a time, and stores what `choose` makes of them,
     * in one transaction. Where another node does the same, one of them stores it.
     */
    look: (
      room: string,
      { since, max, now }: { since: number; max: number; now: number },
      choose: (looked: Looked) => Told[],
    ): Promise<void> =>
      db.transaction().execute(async (tx) => {
        const progress = await tx
          .selectFrom('push_progress')
          .select('seq')
          .where('room', '=', room)
          .executeTakeFirst()
        const from = progress?.seq ?? 0
        const rows = await tx
          .selectFrom('messages')
          .select(messageColumns)
          .where('room', '=', room)
          .where('seq', '>', from)
          .orderBy('seq', 'desc')
          .limit(max)
          .execute()
        const [newest] = rows
        if (!newest) return
        const moved = await tx
          .insertInto('push_progress')
          .values({ room, seq: newest.seq })
          .onConflict((conflict) =>
            conflict.column('room').doUpdateSet({ seq: newest.seq }).where('push_progress.seq', '=', from),
          )
          .returning('room')
          .executeTakeFirst()
        if (!moved) return
        const messages = rows
          .filter(({ sent_at, deleted_at }) => sent_at > since && deleted_at === null)
          .map(toMessage)
          .reverse()
        if (messages.length === 0) return
        const answered = await authorsOf(tx, [...new Set(messages.flatMap(({ replyTo }) => replyTo ?? []))])
        const told = choose({ messages, answered, subscribers: await subscribers(tx) })
        await putPending(tx, pushesOf(told, room, now))
        await putPendingMails(
          tx,
          told
            .filter(({ subscriber }) => subscriber.byMail)
            .map(({ subscriber, reason, message }) => ({
              ...{ user_id: subscriber.id, conversation: room, message_id: message.id, reason },
              noted_at: now,
            })),
        )
      }),
  }
}

export type NewMessagesStore = ReturnType<typeof createNewMessagesStore>

/** What waits for each browser: the last message of the room that its person is told of and that came since it asked. */
function pushesOf(told: Told[], room: string, now: number): Insertable<PendingPushesTable>[] {
  const pushes = new Map<number, Insertable<PendingPushesTable>>()
  for (const { subscriber, reason, message } of told) {
    const sentAt = Date.parse(message.sentAt)
    for (const { id, createdAt } of subscriber.subscriptions)
      if (createdAt <= sentAt)
        pushes.set(id, {
          ...{ subscription_id: id, conversation: room, reason, message_id: message.id },
          ...{ made_at: sentAt, due_at: now },
        })
  }
  return [...pushes.values()]
}
