import { expect, test } from '@jest/globals'
import { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { readConfig } from '../src/config.ts'
import { migrationsOf } from '../src/db/migrations/index.ts'
import { openPostgres } from '../src/db/open-postgres.ts'
import { openSqlite } from '../src/db/open-sqlite.ts'
import { databaseOf } from './support/database.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'

/** The last migration of the time of a single process, which was stopped for each of them. */
const ALONE = '0016_renderings'
/** What an older version that runs on may still use, or would not fill; notes for the scrub are its triggers' own. */
const takesAway = /\b(drop|rename|truncate|delete from (?!overwritten\b)|alter column|set not null)\b/i
const demands = (statement: string) =>
  /\badd column\b/i.test(statement) && /\bnot null\b/i.test(statement) && !/\bdefault\b/i.test(statement)

/** The statements of the migrations after those of a single process that an older version would not survive. */
async function harmfulStatements(more: Record<string, Migration> = {}): Promise<string[]> {
  const { DATABASE_URL: where } = readConfig(await databaseOf(temporaryFolder()))
  const statements: string[] = []
  const db = new Kysely<unknown>({
    dialect: where.kind === 'sqlite' ? openSqlite(where.path) : openPostgres(where.url),
    log: ({ query }) => void statements.push(query.sql),
  })
  closeAfterTest(() => db.destroy())
  const migrations = { ...migrationsOf(where.kind), ...more }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  expect((await migrator.migrateTo(ALONE)).error).toBeUndefined()
  statements.length = 0
  expect((await migrator.migrateToLatest()).error).toBeUndefined()
  expect(statements.filter((statement) => /create table "nick_holds"/.test(statement))).toHaveLength(1)
  return statements.filter((statement) => takesAway.test(statement) || demands(statement))
}

test('migrations only add, so that a node of the version before goes on during an upgrade', async () => {
  expect(await harmfulStatements()).toEqual([])
})

test.each<[string, (db: Kysely<unknown>) => Promise<void>]>([
  ['drops a column', (db) => db.schema.alterTable('rooms').dropColumn('last_sent_at').execute()],
  ['renames a table', (db) => db.schema.alterTable('used_once').renameTo('used').execute()],
  [
    'adds a column that an older version would have to fill',
    async (db) => {
      await db.schema
        .alterTable('nick_holds')
        .addColumn('newer', 'integer', (column) => column.notNull())
        .execute()
    },
  ],
])('a migration that %s is found', async (_what, up) => {
  // SQLite itself refuses the last one, on a table that may have rows.
  const found = await harmfulStatements({ '9999_newer': { up } }).catch((error: Error) => [error.message])
  expect(found).not.toEqual([])
})
