import type { Clock } from '../clock.ts'
import type { ModerationOverview, OwnerAction, Person } from '../contract/index.ts'
import type { Database } from '../db/tables.ts'

/** The most entries in the owner's overview. */
const LINES_SHOWN = 200

/** The log of what the owner's account did, so that the owner notices somebody else in it. It is append-only. */
export function createAccountLog({ db, clock }: { db: Database; clock: Pick<Clock, 'now'> }) {
  return {
    /** Adds that the owner did something, and what it was done to: a room's name, a week, a nick or a browser. */
    async add(by: Pick<Person, 'id' | 'nick'>, action: OwnerAction, subject: string | null): Promise<void> {
      const line = { at: clock.now(), by_id: by.id, by_nick: by.nick ?? '', action, subject }
      await db.insertInto('account_log').values(line).execute()
    },

    /** Returns the last entries, the latest first. */
    async list(): Promise<ModerationOverview['account']> {
      const lines = await db
        .selectFrom('account_log')
        .selectAll()
        .orderBy('key', 'desc')
        .limit(LINES_SHOWN)
        .execute()
      return lines.map(({ at, by_id, by_nick, action, subject }) => ({
        at: new Date(at).toISOString(),
        by: { id: by_id, nick: by_nick },
        action,
        subject,
      }))
    },
  }
}

export type AccountLog = ReturnType<typeof createAccountLog>
