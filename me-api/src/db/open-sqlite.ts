import { closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type Dialect, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely'
import { Stop } from '../errors.ts'

/**
 * Milliseconds that a server's write waits for another process. Everything else waits with it, so the limit is short; an
 * import's batch is far shorter, and clients retry a refused write.
 */
export const BUSY_TIMEOUT = 1_000
/** Milliseconds that opening waits for another process, which may be migrating the database. */
const OPENING_TIMEOUT = 30_000

/** Milliseconds that a starting server waits for its claim: longer than a command looks whether there is one. */
const CLAIM_TIMEOUT = 500

const IN_MEMORY = ':memory:'

/**
 * Opens an SQLite file; creates it and its folder if missing. Its `busy_timeout` is that of opening.
 * @throws {Stop} if it is unusable
 */
export function openSqlite(path: string): Dialect {
  try {
    makeFile(path)
    const sqlite = new Sqlite(path, { timeout: OPENING_TIMEOUT })
    sqlite.pragma('journal_mode = WAL')
    // An acknowledged message is on disk. WAL with NORMAL would guarantee that only for a crash of this process.
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    // SQLite overwrites deleted content instead of only unlinking it.
    sqlite.pragma('secure_delete = ON')
    return new TransactionalDialect({ database: prepareOnce(sqlite) })
  } catch (error) {
    throw new Stop(`DATABASE_URL: cannot open ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`)
  }
}

/** Opens an SQLite file that is there, without changing it. @throws {Stop} if it is missing or cannot be read */
export function openToRead(path: string): Sqlite.Database {
  if (!existsSync(path)) throw new Stop(`DATABASE_URL: there is no database ${path} yet`)
  try {
    const sqlite = new Sqlite(path, { readonly: true, timeout: OPENING_TIMEOUT })
    sqlite.pragma('schema_version')
    return sqlite
  } catch (error) {
    throw new Stop(`DATABASE_URL: cannot read ${path}: ${(error as Error).message}`)
  }
}

/**
 * Lets one server at a time use an SQLite file: another one would not learn of this one's messages, nicks and bans. It
 * holds an exclusive transaction on a file beside the database, which the system ends with the process, however that
 * ends. Commands do not ask for it, and run beside the server.
 * @returns a function that lets go
 * @throws {Stop} if another server has it
 */
export function claimSqlite(path: string): () => void {
  if (path === IN_MEMORY) return () => {}
  try {
    const lock = lockOf(path, CLAIM_TIMEOUT)
    if (lock) return () => void lock.close()
  } catch (error) {
    throw new Stop(`DATABASE_URL: cannot open ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`)
  }
  throw new Stop(`DATABASE_URL: another server runs with ${path} already`)
}

/** Whether a server runs with an SQLite file now, as far as this process may ask. */
export function isClaimed(path: string): boolean {
  if (path === IN_MEMORY) return false
  try {
    const lock = lockOf(path, 0)
    lock?.close()
    return lock === null
  } catch {
    return true
  }
}

/** Takes the lock beside an SQLite file; null if another process keeps it for `timeout` milliseconds. */
function lockOf(path: string, timeout: number): Sqlite.Database | null {
  // Two servers may reach the same file by different links.
  const file = `${existsSync(path) ? realpathSync(path) : path}-lock`
  makeFile(file)
  const sqlite = new Sqlite(file, { timeout })
  try {
    sqlite.exec('begin exclusive')
    return sqlite
  } catch (error) {
    sqlite.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return null
    throw error
  }
}

/** Makes the file where it is missing, readable by its user only; SQLite gives its other files the same mode. */
function makeFile(path: string): void {
  if (path === IN_MEMORY) return
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', 0o600))
}

/**
 * Migrates in one transaction, which SQLite supports although Kysely does not rely on it: of two programs that start
 * at once only one migrates, and one that is killed meanwhile leaves nothing half done.
 */
class TransactionalDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
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
 * Wraps SQLite for Kysely with three differences. A statement is prepared once and cached (per message in batches of
 * ten: 63 µs → 41 µs). A transaction takes the write lock when it begins, because one that reads first and writes
 * later can be refused at once while another process writes. If SQLite has rolled back by itself, for example on a
 * full disk, a rollback does nothing, because its error would hide the first.
 */
function prepareOnce(sqlite: Sqlite.Database) {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => sqlite.close(),
    prepare(text: string): SqliteStatement {
      const sql = text === 'rollback' && !sqlite.inTransaction ? NOTHING : text
      const cached = statements.get(sql)
      if (cached) return cached
      const statement = sqlite.prepare<unknown[]>(
        sql === 'begin' ? 'begin immediate' : sql,
      ) as SqliteStatement
      if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value ?? '')
      statements.set(sql, statement)
      return statement
    },
  }
}
