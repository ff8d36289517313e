import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type Dialect, SqliteDialect, type SqliteStatement } from 'kysely'
import { Stop } from '../errors.ts'

/**
 * Milliseconds a write waits for another process's. All else waits with it, so that it is short; an import's batch is
 * far shorter, and a refused write is tried again by who sent it.
 */
const BUSY_TIMEOUT = 1_000

/** Opens an SQLite file, making it and its folder where they are missing. @throws {Stop} where it cannot be used */
export function openSqlite(path: string): Dialect {
  try {
    mkdirSync(dirname(path), { recursive: true })
    // Made for its user alone, where it is not there yet; SQLite gives its other files the same mode.
    closeSync(openSync(path, 'a', 0o600))
    const sqlite = new Sqlite(path, { timeout: BUSY_TIMEOUT })
    sqlite.pragma('journal_mode = WAL')
    // An acknowledged message is on disk: WAL with NORMAL would only promise it for a crash of this process.
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    // What is deleted is overwritten, not only unlinked.
    sqlite.pragma('secure_delete = ON')
    return new SqliteDialect({ database: prepareOnce(sqlite) })
  } catch (error) {
    throw new Stop(`DATABASE_URL: cannot open ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`)
  }
}

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  if (code === 'SQLITE_NOTADB') return 'it is not an SQLite database'
  if (/READONLY|CANTOPEN|EACCES|EROFS|EPERM/.test(code)) return 'it cannot be written'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'its folder is a file'
  return message
}

const STATEMENTS_KEPT = 256
const NOTHING = 'select null'

/**
 * Kysely's view of SQLite, with three differences: a statement is prepared once and kept (measured per message in
 * batches of ten: 63 µs → 41 µs), and a transaction takes the write lock when it begins, as one that reads first
 * and then wants to write can be refused at once while another process writes. Where SQLite has rolled back by itself,
 * as on a full disk, nothing more is rolled back: that would be another error, which hides the first.
 */
function prepareOnce(sqlite: Sqlite.Database) {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => sqlite.close(),
    prepare(text: string): SqliteStatement {
      const sql = text === 'rollback' && !sqlite.inTransaction ? NOTHING : text
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
