import { createHash } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import type { Database } from '../../src/db/tables.ts'

/** Set by `npm run test:cluster`: the same tests then run on PostgreSQL. */
const server = process.env['TEST_POSTGRES_URL']

export const isPostgres = server !== undefined

/** The database of a test that has this folder: a file in it, or one of its own in the PostgreSQL server. */
export async function databaseOf(folder: string): Promise<Record<string, string>> {
  if (!server) return { DATABASE_URL: `file:${join(folder, 'me.db')}` }
  const name = `me_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const client = new pg.Client(server)
  await client.connect()
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (rowCount === 0) await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return { DATABASE_URL: url.href, SESSION_SECRET: 'a secret for tests that is long enough' }
}

/** Makes every query of an SQLite database wait until the returned function is called. */
export async function holdDatabase({ db }: { db: Database }): Promise<() => void> {
  const held = Promise.withResolvers<void>()
  await new Promise<void>((resolve) => {
    void db.connection().execute(() => {
      resolve()
      return held.promise
    })
  })
  return held.resolve
}
