import { setTimeout as pause } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { Stop } from '../errors.ts'
import type { DatabaseUrl } from './database-url.ts'
import { migrationsOf } from './migrations/index.ts'
import { openPostgres } from './open-postgres.ts'
import { openSqlite } from './open-sqlite.ts'
import type { Database, Tables } from './tables.ts'

/** Milliseconds between two attempts. */
const RETRY = 500

/** How long to wait for a database that is not up yet; `tell` receives a line for the user. */
type Patience = { milliseconds: number; tell: (line: string) => void }

/**
 * Opens the database and migrates it to this version.
 * @throws {Stop} if it is unusable, or of a newer version
 */
export async function openDatabase(where: DatabaseUrl, patience?: Patience): Promise<Database> {
  const end = Date.now() + (patience?.milliseconds ?? 0)
  for (let isReported = false; ; isReported = true) {
    const dialect = where.kind === 'sqlite' ? openSqlite(where.path) : openPostgres(where.url)
    const database = new Kysely<Tables>({ dialect })
    const provider = { getMigrations: async () => migrationsOf(where.kind) }
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
    if (!error) return database
    await database.destroy()
    const line = `DATABASE_URL: cannot use ${nameOf(where)}: ${reasonOf(error)}`
    if (!isUnavailable(error) || Date.now() >= end) throw new Stop(line)
    if (!isReported) patience?.tell(`${line}; waiting for it`)
    await pause(RETRY)
  }
}

/** Returns the database's name without the password. */
function nameOf(where: DatabaseUrl): string {
  if (where.kind === 'sqlite') return where.path
  const { hostname, port, pathname } = new URL(where.url)
  return `PostgreSQL at ${hostname}${port && `:${port}`}${pathname}`
}

function reasonOf(error: unknown): string {
  if (/previously executed migration .* is missing/.test(String(error))) {
    return 'it was written by a newer version of this program'
  }
  const { message, code } = error as NodeJS.ErrnoException
  return message || (code ?? 'no reason given')
}

/** Whether the database cannot store now but may later: it is full, locked or gone. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && unavailable.test(code)) return true
  // pg reports a lost connection, and a full pool, without a code.
  return (
    typeof message === 'string' &&
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(message)
  )
}

/** SQLite's codes; PostgreSQL's classes 08, 53, 57P and 25006 (appendix A of its manual); network errors. */
const unavailable =
  /^(SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN).*|08...|53...|57P..|25006|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN)$/
