import type { Selectable, Updateable } from 'kysely'
import type { Database, MailSettingsTable, PendingMailsTable } from '../../db/tables.ts'
import { hasOpenReport, readNoticed } from '../push/read-noticed.ts'
import type { Reason } from '../push/reasons.ts'
import { putPendingMails } from './put-pending-mails.ts'

export type MailSettings = Omit<Selectable<MailSettingsTable>, 'user_id'>
export type PendingMail = Omit<Selectable<PendingMailsTable>, 'reason'> & { reason: Reason }

/** What waits for a user: when the first of it was noted, and the newest; `hasMore` where there is more than these. */
export type Waiting = { first: number; newest: PendingMail[]; hasMore: boolean }

/** What holds where nothing is stored. */
const usual: MailSettings = { is_on: 1, language: null, origin: null, sent_at: 0, wait_until: 0 }

/** The SQL of mails about the chat: a user's settings, and what waits to be told. */
export function createMailStore(db: Database) {
  async function save(userId: string, changes: Updateable<MailSettingsTable>): Promise<void> {
    await db
      .insertInto('mail_settings')
      .values({ user_id: userId, ...usual, ...changes })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(changes))
      .execute()
  }

  return {
    async settings(userId: string): Promise<MailSettings> {
      const row = db.selectFrom('mail_settings').selectAll().where('user_id', '=', userId)
      return (await row.executeTakeFirst()) ?? usual
    },

    save,

    /** Switches a user's mails off; what waits is forgotten. */
    async switchOff(userId: string): Promise<void> {
      await save(userId, { is_on: 0 })
      await db.deleteFrom('pending_mails').where('user_id', '=', userId).execute()
    },

    put: (row: PendingMail): Promise<void> => putPendingMails(db, [row]),

    /** Returns what waits, of it the newest `max`, the oldest of these first; null where nothing does. */
    async waiting(userId: string, max: number): Promise<Waiting | null> {
      const rows = await db
        .selectFrom('pending_mails')
        .leftJoin('messages', 'messages.id', 'pending_mails.message_id')
        .selectAll('pending_mails')
        .where('user_id', '=', userId)
        .orderBy('noted_at', 'desc')
        .orderBy('messages.key', 'desc')
        .limit(max + 1)
        .execute()
      if (rows.length === 0) return null
      const { first } = await db
        .selectFrom('pending_mails')
        .select((eb) => eb.fn.min('noted_at').as('first'))
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow()
      return {
        first: Number(first ?? rows.at(-1)!.noted_at),
        newest: rows
          .slice(0, max)
          .reverse()
          .map((row) => ({ ...row, reason: row.reason as Reason })),
        hasMore: rows.length > max,
      }
    },

    /** Forgets what was noted until a time. */
    forgetUntil: (userId: string, time: number): Promise<number> => removeUntil(db, userId, time),

    /** Forgets these alone: others may have been noted at the same time meanwhile, or earlier by another node's clock. */
    forget: (rows: PendingMail[]): Promise<number> => removeRows(db, rows),

    /**
     * Takes out what waits, for a mail that is sent now; where there is more than the mail tells of, all that is older too.
     * Returns false if another node was faster, or mails were switched off.
     */
    take: (
      userId: string,
      { newest, hasMore }: Waiting,
      { sent_at }: MailSettings,
      now: number,
    ): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        await tx
          .insertInto('mail_settings')
          .values({ user_id: userId })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        const { numUpdatedRows } = await tx
          .updateTable('mail_settings')
          .set({ sent_at: now })
          .where('user_id', '=', userId)
          .where('sent_at', '=', sent_at)
          .where('is_on', '=', 1)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        const taken = hasMore ? removeUntil(tx, userId, newest.at(-1)!.noted_at) : removeRows(tx, newest)
        return (await taken) > 0
      }),

    /** Puts back what the mail server did not take, to be tried again from a time on. */
    async putBack(userId: string, rows: PendingMail[], sentAt: number, waitUntil: number): Promise<void> {
      await putPendingMails(db, rows)
      await save(userId, { sent_at: sentAt, wait_until: waitUntil })
    },

    /** Returns what a room that is there is called, empty for a private conversation, and how far it is. */
    room: (name: string): Promise<{ title: string; rev: number }> =>
      db.selectFrom('rooms').select(['title', 'rev']).where('name', '=', name).executeTakeFirstOrThrow(),

    message: (id: string) => readNoticed(db, id),
    hasOpenReport: (messageId: string) => hasOpenReport(db, messageId),

    /** Whether somebody has written in a room after a message, which they had before them then. */
    async hasWrittenAfter(userId: string, { room, seq }: { room: string; seq: number }): Promise<boolean> {
      const later = db.selectFrom('messages').select('seq').where('room', '=', room).where('seq', '>', seq)
      return (await later.where('author_id', '=', userId).limit(1).executeTakeFirst()) !== undefined
    },

    /** Returns how often all sessions of a user were ended at once. */
    async sessionResets(userId: string): Promise<number> {
      const row = db.selectFrom('session_resets').select('count').where('user_id', '=', userId)
      return (await row.executeTakeFirst())?.count ?? 0
    },
  }
}

export type MailStore = ReturnType<typeof createMailStore>

type Remover = Pick<Database, 'deleteFrom'>

/** Removes what was noted until a time. Returns how many rows there were. */
async function removeUntil(db: Remover, userId: string, time: number): Promise<number> {
  const older = db.deleteFrom('pending_mails').where('user_id', '=', userId).where('noted_at', '<=', time)
  return Number((await older.executeTakeFirst()).numDeletedRows)
}

/** Removes these rows. Returns how many of them there were. */
async function removeRows(db: Remover, rows: PendingMail[]): Promise<number> {
  let count = 0
  for (const { user_id, conversation, message_id } of rows) {
    const row = db
      .deleteFrom('pending_mails')
      .where('user_id', '=', user_id)
      .where('conversation', '=', conversation)
      .where('message_id', '=', message_id)
    count += Number((await row.executeTakeFirst()).numDeletedRows)
  }
  return count
}
