import type { Message } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'
import { qualifiedColumns, toMessage } from '../log/message-row.ts'

/** A message that somebody is told of, with its room's title, which is empty for a private conversation. */
export type Noticed = Message & { title: string }

/** Returns a message that can be read, with its room's title. */
export async function readNoticed(db: Database, id: string): Promise<Noticed | null> {
  const message = await readWithTitle(db, id)
  return message?.deletedAt === undefined ? message : null
}

/** Returns a message in a room that is there, with the room's title; deleted ones too. */
export async function readWithTitle(db: Database, id: string): Promise<Noticed | null> {
  const row = await db
    .selectFrom('messages')
    .innerJoin('rooms', 'rooms.name', 'messages.room')
    .select(qualifiedColumns)
    .select('rooms.title')
    .where('messages.id', '=', id)
    .where('rooms.removed_at', 'is', null)
    .executeTakeFirst()
  return row ? { ...toMessage(row), title: row.title } : null
}

/** Whether a message was reported, and the report is not settled. */
export async function hasOpenReport(db: Database, messageId: string): Promise<boolean> {
  const report = db.selectFrom('message_reports').select('at').where('message_id', '=', messageId)
  return (await report.where('dismissed_at', 'is', null).limit(1).executeTakeFirst()) !== undefined
}
