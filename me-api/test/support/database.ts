import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openDatabase } from '../../src/db/open-database.ts'
import type { Database } from '../../src/db/tables.ts'

/** Set by `npm run test:cluster`: the same tests then run on PostgreSQL. */
const server = process.env['TEST_POSTGRES_URL']

export const isPostgres = server !== undefined

type Settings = { DATABASE_URL: string; SESSION_SECRET?: string }

/** The database of a test that has this folder: a file in it, or one of its own in the PostgreSQL server. */
export async function databaseOf(folder: string): Promise<Settings> {
  if (!server) return { DATABASE_URL: `file:${fileIn(folder)}` }
  const { settings } = await inPostgres(server, folder, 'template1')
  return settings
}

/**
 * The same, but a new one is a copy of one that was migrated before, which takes a fraction of the time. It has the
 * other's installation too, until it is given one of its own.
 */
export async function migratedDatabaseOf(folder: string): Promise<{ settings: Settings; isCopy: boolean }> {
  if (server) return inPostgres(server, folder, TEMPLATE)
  const isCopy = !existsSync(fileIn(folder))
  if (isCopy) writeFileSync(fileIn(folder), await (migratedFile ??= makeMigratedFile()))
  return { settings: await databaseOf(folder), isCopy }
}

const fileIn = (folder: string): string => join(folder, 'me.db')

let migratedFile: Promise<Buffer> | undefined

async function makeMigratedFile(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'me-migrated-'))
  const db = await openDatabase({ kind: 'sqlite', path: fileIn(folder) })
  await db.destroy()
  const file = readFileSync(fileIn(folder))
  rmSync(folder, { recursive: true })
  return file
}

/** The PostgreSQL database of which `migratedDatabaseOf` makes copies. */
const TEMPLATE = 'me_template'

/** Makes the database that tests copy, once, before they run. */
export async function makeTemplate(postgres: string): Promise<void> {
  await withClient(postgres, async (client) => {
    await client.query(`drop database if exists ${TEMPLATE}`)
    await client.query(`create database ${TEMPLATE}`)
  })
  const db = await openDatabase({ kind: 'postgres', url: urlOf(postgres, TEMPLATE) })
  await db.destroy()
}

async function inPostgres(postgres: string, folder: string, template: string) {
  const name = `me_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const isCopy = await withClient(postgres, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name} template ${template}`)
    return rowCount === 0
  })
  const settings = {
    DATABASE_URL: urlOf(postgres, name),
    SESSION_SECRET: 'a secret for tests that is long enough',
  }
  return { settings, isCopy }
}

async function withClient<Result>(
  postgres: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(postgres)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(postgres: string, database: string): string {
  const url = new URL(postgres)
  url.pathname = `/${database}`
  return url.href
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
