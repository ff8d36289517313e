import type { Insertable } from 'kysely'
import type { BotRow, Database, Tables } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'

/** The SQL of bots. What a bot may write is looked up by the log's transaction, see log/commit.ts. */
export function createBotsStore(db: Database) {
  return {
    /** Returns all bots, the oldest first. */
    all: (): Promise<BotRow[]> =>
      db.selectFrom('bots').selectAll().orderBy('created_at').orderBy('id').execute(),

    byId: (id: string): Promise<BotRow | undefined> =>
      db.selectFrom('bots').selectAll().where('id', '=', id).executeTakeFirst(),

    byTokenHash: (hash: string): Promise<BotRow | undefined> =>
      db.selectFrom('bots').selectAll().where('token_hash', '=', hash).executeTakeFirst(),

    /** Returns the hashes of these bots' tokens, by their ids. */
    async tokenHashes(ids: string[]): Promise<Map<string, string>> {
      const hashes = new Map<string, string>()
      for (const some of inChunks(ids)) {
        const rows = await db
          .selectFrom('bots')
          .select(['id', 'token_hash'])
          .where('id', 'in', some)
          .execute()
        for (const { id, token_hash } of rows) hashes.set(id, token_hash)
      }
      return hashes
    },

    /** Returns false if another bot has the nick. */
    async insert(bot: Insertable<Tables['bots']>): Promise<boolean> {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('bots')
        .values(bot)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },

    /** Returns the bot as it is now, undefined if there is none. */
    update: (id: string, changes: Partial<Insertable<Tables['bots']>>): Promise<BotRow | undefined> =>
      db.updateTable('bots').set(changes).where('id', '=', id).returningAll().executeTakeFirst(),

    /** Returns the bot that was there. */
    remove: (id: string): Promise<BotRow | undefined> =>
      db.deleteFrom('bots').where('id', '=', id).returningAll().executeTakeFirst(),
  }
}

export type BotsStore = ReturnType<typeof createBotsStore>
