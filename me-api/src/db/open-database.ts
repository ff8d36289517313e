import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely'
import { Migrator } from 'kysely/migration'
import { Stop } from '../errors.ts'
import { migrations } from './migrations/index.ts'
import type { Database, Tables } from './tables.ts'

/** How long a write waits for another process's, in milliseconds: an import's batch is far shorter. */
const BUSY_TIMEOUT = 5_000

/**
 * Opens the SQLite file, making it and its folder where they are missing, and brings it to this version's shape.
 * @throws {Stop} where the file is no database, cannot be written, or is of a newer version
 */
export async function openDatabase(path: string): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: prepareOnce(open(path)) }) })
  await migrate(database, path)
  return database
}

function open(path: string): Sqlite.Database {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const sqlite = new Sqlite(path, { timeout: BUSY_TIMEOUT })
    sqlite.pragma('journal_mode = WAL')
    // An acknowledged message is on disk: WAL with NORMAL would only promise it for a crash of this process.
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    // What is deleted is overwritten, not only unlinked.
    sqlite.pragma('secure_delete = ON')
    return sqlite
  } catch (error) {
    throw new Stop(`DATABASE_URL: cannot open ${path}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'SQLITE_NOTADB') return 'it is not an SQLite database'
  if (/READONLY|CANTOPEN|EACCES|EROFS|EPERM/.test(code)) return 'it cannot be written'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'its folder is a file'
  return message
}

const STATEMENTS_KEPT = 256

/**
 * Kysely's view of SQLite, with two differences: a statement is prepared once and kept (measured per message in
 * batches of ten: 63 µs → 41 µs), and a transaction takes the write lock when it begins, as one that reads first
 * and then wants to write can be refused at once while another process writes.
 */
function prepareOnce(sqlite: Sqlite.Database) {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => sqlite.close(),
    prepare(sql: string): SqliteStatement {
      const known = statements.get(sql)
      if (known) return known
      const statement = sqlite.prepare<unknown[]>(
        sql === 'begin' ? 'begin immediate' : sql,
      ) as SqliteStatement
      if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value ?? '')
      statements.set(sql, statement)
      return statement
    },
  }
}

async function migrate(database: Database, path: string): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  await database.destroy()
  const reason = /previously executed migration .* is missing/.test(String(error))
    ? 'it was written by a newer version of this program'
    : reasonOf(error)
  throw new Stop(`DATABASE_URL: cannot use ${path}: ${reason}`)
}

/** The database cannot store now, but may later: full, locked, gone. */
export function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/.test(code)
}
