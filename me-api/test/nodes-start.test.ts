import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { openDatabase } from '../src/db/open-database.ts'
import { createOneAtATime } from '../src/db/one-at-a-time.ts'
import { readConfig } from '../src/config.ts'
import { databaseOf } from './support/database.ts'
import { describeNodes } from './support/nodes.ts'
import { startServer } from './support/program.ts'
import { ownerAccount } from './support/rest.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'

describeNodes('several nodes that start at one moment', () => {
  test('make the tables, the owner and the first page of an empty database once', async () => {
    const folder = temporaryFolder()
    const database = await databaseOf(folder)
    const settings = {
      ...database,
      REDIS_URL: process.env['TEST_REDIS_URL'] ?? '',
      OWNER_EMAIL: ownerAccount.email,
      OWNER_PASSWORD: ownerAccount.password,
      CHAT_RETENTION_DAYS: '30',
      LOG_LEVEL: 'warn',
    }
    const nodes = await Promise.all([1, 2, 3].map(() => startServer(settings)))
    const pages = await Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/api`)).json()))
    expect(pages[1]).toEqual(pages[0])
    expect(pages[2]).toEqual(pages[0])
    for (const node of nodes) {
      expect(node.errors()).toBe('')
      expect(node.output()).not.toContain('"level"')
    }
    const db = await openDatabase(readConfig(database).DATABASE_URL)
    closeAfterTest(() => db.destroy())
    expect(await db.selectFrom('users').select('role').execute()).toEqual([{ role: 'owner' }])
  })

  test('a task of all runs on one of them at a time', async () => {
    const { DATABASE_URL } = readConfig(await databaseOf(temporaryFolder()))
    const databases = await Promise.all([openDatabase(DATABASE_URL), openDatabase(DATABASE_URL)])
    for (const db of databases) closeAfterTest(() => db.destroy())
    const [one, other] = databases.map(createOneAtATime)
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const running = one!('sweep', async () => {
      begun.resolve()
      await held.promise
    })
    await begun.promise
    expect(await other!('sweep', async () => {})).toBe(false)
    // PgBouncer leaves a session to its client for a transaction only.
    const { rows } = await sql<{ isInTransaction: boolean }>`
      select xact_start is not null as "isInTransaction" from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and pg_locks.database = (select oid from pg_database where datname = current_database())
    `.execute(databases[0]!)
    expect(rows).toEqual([{ isInTransaction: true }])
    expect(await other!('retention', async () => {})).toBe(true)
    held.resolve()
    expect(await running).toBe(true)
    await expect(other!('sweep', () => Promise.reject(new Error('it fails')))).rejects.toThrow('it fails')
    expect(await one!('sweep', async () => {})).toBe(true)
  })
})
