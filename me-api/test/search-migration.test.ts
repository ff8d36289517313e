import { expect, test } from '@jest/globals'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { readConfig } from '../src/config.ts'
import { indexMessages } from '../src/db/index-messages.ts'
import { migrationsOf } from '../src/db/migrations/index.ts'
import { openDatabase } from '../src/db/open-database.ts'
import { openPostgres } from '../src/db/open-postgres.ts'
import { openSqlite } from '../src/db/open-sqlite.ts'
import type { Database, Tables } from '../src/db/tables.ts'
import { createSearchStore } from '../src/chat/search/search.store.ts'
import { databaseOf } from './support/database.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'

const COUNT = 2_500
const BEFORE = '0013_slow_edits'

/** A database as the version before left it, with messages. */
async function oldDatabase() {
  const { DATABASE_URL: where } = readConfig(await databaseOf(temporaryFolder()))
  const connect = () => {
    const dialect = where.kind === 'sqlite' ? openSqlite(where.path) : openPostgres(where.url)
    const db: Database = new Kysely<Tables>({ dialect })
    return db
  }
  const db = connect()
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsOf(where.kind) } })
  expect((await migrator.migrateTo(BEFORE)).error).toBeUndefined()
  const rows = Array.from({ length: COUNT }, (_, index) => ({
    ...{ id: `${index}`, room: 'lobby', seq: index + 1, rev: index + 1, author_id: 'a', nick: 'ada' },
    ...{ role: 'visitor' as const, text: `東京都庁で会う n${index}`, sent_at: index },
  }))
  for (let start = 0; start < COUNT; start += 500)
    await db
      .insertInto('messages')
      .values(rows.slice(start, start + 500) as never)
      .execute()
  const next = async () => {
    expect((await migrator.migrateToLatest()).error).toBeUndefined()
    return db
  }
  return { where, db, next, connect }
}

async function found(db: Database, kind: 'sqlite' | 'postgres', q: string): Promise<number> {
  const { messages } = await createSearchStore(db, kind).search(
    { q, limit: 5_000 },
    { hidden: [], conversation: 'all' },
  )
  return messages.length
}

test('opening an older database indexes its messages before it is used, and tells the progress', async () => {
  const { where, db: old } = await oldDatabase()
  await old.destroy()
  const lines: string[] = []
  const db = await openDatabase(where, { tell: (line) => lines.push(line) })
  closeAfterTest(() => db.destroy())
  expect(lines).toEqual([
    'Indexing 2500 messages for the search, before the start.',
    '40 % of the messages are indexed.',
    '80 % of the messages are indexed.',
    '100 % of the messages are indexed.',
  ])
  expect(await found(db, where.kind, '都庁')).toBe(COUNT)
  expect(await found(db, where.kind, '"n7"')).toBe(1)
})

test('an interrupted indexing goes on at the next start', async () => {
  const { where, db: old, next } = await oldDatabase()
  const interrupted = indexMessages(await next(), () => {
    throw new Error('the power is gone')
  })
  await expect(interrupted).rejects.toThrow('the power is gone')
  await old.destroy()
  const lines: string[] = []
  const db = await openDatabase(where, { tell: (line) => lines.push(line) })
  closeAfterTest(() => db.destroy())
  expect(lines[0]).toBe('Indexing 1500 messages for the search, before the start.')
  expect(await found(db, where.kind, '都庁')).toBe(COUNT)
})

test('two programs that index an older database at once index each message once', async () => {
  const { where, next, connect } = await oldDatabase()
  const [one, other] = [await next(), connect()]
  closeAfterTest(async () => void (await Promise.all([one.destroy(), other.destroy()])))
  await Promise.all([indexMessages(one), indexMessages(other)])
  expect(await found(one, where.kind, '都庁')).toBe(COUNT)
  expect(await found(other, where.kind, '"n2499"')).toBe(1)
})

test('a text that another program changes is indexed at the next start, and not found by its old words', async () => {
  const { where, db: old } = await oldDatabase()
  await old.destroy()
  const first = await openDatabase(where)
  await first.updateTable('messages').set({ text: '大阪で会う' }).where('id', '=', '7').execute()
  expect(await found(first, where.kind, '都庁 n7')).toBe(110)
  expect(await found(first, where.kind, '"n7"')).toBe(0)
  await first.destroy()
  const db = await openDatabase(where)
  closeAfterTest(() => db.destroy())
  expect(await found(db, where.kind, '大阪')).toBe(1)
})

test('of two nodes that start on an older database one indexes it, and the other waits', async () => {
  const { where, db: old } = await oldDatabase()
  await old.destroy()
  if (where.kind === 'sqlite') return
  const lines: string[] = []
  const nodes = await Promise.all(
    [1, 2].map(() => openDatabase(where, { milliseconds: 60_000, tell: (line) => lines.push(line) })),
  )
  for (const node of nodes) closeAfterTest(() => node.destroy())
  expect(lines.filter((line) => line.startsWith('Indexing'))).toHaveLength(1)
  for (const node of nodes) expect(await found(node, 'postgres', '東京')).toBe(COUNT)
})
