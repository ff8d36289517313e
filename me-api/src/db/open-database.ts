import { setTimeout as pause } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import { Stop } from '../errors.ts'
import type { DatabaseUrl } from './database-url.ts'
import { countUnindexed, indexMessages } from './index-messages.ts'
import { migrationsOf } from './migrations/index.ts'
import { byOnlyNode, createOneAtATime } from './one-at-a-time.ts'
import { openPostgres } from './open-postgres.ts'
import { BUSY_TIMEOUT, openSqlite, openToRead } from './open-sqlite.ts'
import type { Database, Tables } from './tables.ts'

/** Milliseconds between two attempts. */
const RETRY = 500
/** Per cent between two lines about the progress. */
const PERCENT_STEP = 5
/**
 * Milliseconds that a migration waits for a table in use by other nodes, which wait meanwhile too: less than PostgreSQL's
 * `deadlock_timeout`, so that it is the migration that gives up and starts over, never a node's write.
 */
const LOCK_MAX = 500
/** Milliseconds in which a migration finds a moment among the writes of other nodes. */
const MOMENT_MAX = 60_000

type Options = {
  /** How long to wait for a database that is not up yet. */
  milliseconds?: number
  /** Receives lines for the user. */
  tell?: (line: string) => void
  /** Whether to refuse a place where no server has started yet. */
  mustExist?: boolean
  /** Milliseconds that a write waits for another process, on SQLite. */
  busyTimeout?: number
  /** Milliseconds after which PostgreSQL counts as lost where it does not answer a statement; by default it never does. */
  answersWithin?: number
  /** Those of this version, unless a test has others. */
  migrations?: typeof migrationsOf
}

/**
 * Opens the database and migrates it to this version.
 * @throws {Stop} if it is unusable, or of a newer version
 */
export async function openDatabase(
  where: DatabaseUrl,
  {
    milliseconds = 0,
    tell = () => {},
    mustExist = false,
    busyTimeout = BUSY_TIMEOUT,
    answersWithin = Infinity,
    migrations = migrationsOf,
  }: Options = {},
): Promise<Database> {
  if (mustExist && where.kind === 'sqlite') refuseOtherFile(where.path)
  const began = performance.now()
  for (let isReported = false; ; isReported = true) {
    // A migration may take as long as it needs.
    let isPrepared = false
    const patience = () => (isPrepared ? answersWithin : Infinity)
    const dialect = where.kind === 'sqlite' ? openSqlite(where.path) : openPostgres(where.url, patience)
    const database = new Kysely<Tables>({ dialect })
    const error = await prepare(database, where, { tell, mustExist, migrations }).catch(
      (fault: unknown) => fault,
    )
    if (!error) {
      isPrepared = true
      if (where.kind === 'sqlite') await sql`pragma busy_timeout = ${sql.lit(busyTimeout)}`.execute(database)
      return database
    }
    await database.destroy()
    if (error instanceof Stop) throw error
    const line = lineOf(where, error)
    const wait = isLocked(error) ? MOMENT_MAX : isUnavailable(error) ? milliseconds : 0
    if (performance.now() - began >= wait) throw new Stop(line)
    if (!isReported) tell(`${line}; waiting for it`)
    await pause(RETRY)
  }
}

/** Migrates the schema, then indexes messages of an older version. Returns the error of a failed migration. */
async function prepare(
  db: Database,
  where: DatabaseUrl,
  { tell, mustExist, migrations }: Pick<Required<Options>, 'tell' | 'mustExist' | 'migrations'>,
): Promise<unknown> {
  if (where.kind === 'postgres') {
    await requireUtf8(db)
    if (mustExist) await refuseOtherSchema(db, where)
  }
  const all = migrations(where.kind)
  const provider = { getMigrations: async () => (where.kind === 'postgres' ? briefly(all) : all) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error) return error
  await indexOnce(db, where, tell)
  return null
}

/** Indexes what is not, unless another node that starts is at it: then it waits for that one. */
async function indexOnce(db: Database, { kind }: DatabaseUrl, tell: (line: string) => void): Promise<void> {
  const oneAtATime = kind === 'postgres' ? createOneAtATime(db) : byOnlyNode
  for (let isReported = false; (await countUnindexed(db)) > 0; isReported = true) {
    if (await oneAtATime('index messages', () => index(db, tell))) return
    if (!isReported) tell('Another process is indexing messages for the search; waiting for it.')
    await pause(RETRY)
  }
}

async function index(db: Database, tell: (line: string) => void): Promise<void> {
  const total = await countUnindexed(db)
  let told = 0
  if (total > 0) tell(`Indexing ${total} messages for the search, before the start.`)
  await indexMessages(db, (done) => {
    const percent = Math.min(100, Math.floor((100 * done) / total))
    if (percent < told + PERCENT_STEP && percent < 100) return
    told = percent
    tell(`${percent} % of the messages are indexed.`)
  })
}

/** The same migrations, which do not wait long for a table. */
function briefly(migrations: Record<string, Migration>): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => {
      async function up(db: Parameters<Migration['up']>[0]): Promise<void> {
        await sql`set local lock_timeout = ${sql.lit(LOCK_MAX)}`.execute(db)
        await migration.up(db)
      }
      return [name, { ...migration, up }]
    }),
  )
}

/** Whether other nodes used what a migration has to change: PostgreSQL's `lock_not_available`, `deadlock_detected`. */
const isLocked = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(55P03|40P01)$/.test(error.code ?? '')

function refuseOtherFile(path: string): void {
  const file = openToRead(path)
  const isOurs = file.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get()
  file.close()
  if (!isOurs) throw new Stop(`DATABASE_URL: there is no site in ${path} yet`)
}

async function refuseOtherSchema(db: Database, where: DatabaseUrl): Promise<void> {
  const { rows } = await sql<{ ours: string | null }>`select to_regclass('kysely_migration') as ours`.execute(
    db,
  )
  if (!rows[0]?.ours) throw new Stop(`DATABASE_URL: there is no site in ${nameOf(where)} yet`)
}

/** In another encoding PostgreSQL cannot store every text, and cannot normalise any for the search. */
async function requireUtf8(database: Database): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(database)
  const encoding = rows[0]?.server_encoding
  if (encoding !== 'UTF8')
    throw new Error(`its encoding is ${encoding}, not UTF8; make it with createdb -E UTF8 -T template0`)
}

/** Returns the line that tells the user why the database cannot be used. */
function lineOf(where: DatabaseUrl, error: unknown): string {
  return `DATABASE_URL: cannot use ${nameOf(where)}: ${reasonOf(error)}`
}

/** Turns an error of the database into a line for the user; returns any other error as it is. */
export function asStop(where: DatabaseUrl, error: unknown): unknown {
  const isOfDatabase = error instanceof Sqlite.SqliteError || error instanceof pg.DatabaseError
  return isOfDatabase || isUnavailable(error) ? new Stop(lineOf(where, error)) : error
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
  const { message, code = '' } = error as NodeJS.ErrnoException
  return known[code] ?? (message || code || 'no reason given')
}

/** The reasons that a user can do something about: SQLite's codes, and PostgreSQL's (appendix A of its manual). */
const known: Record<string, string> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_BUSY: 'another program is writing to it',
  SQLITE_READONLY: 'it cannot be written',
  '53100': 'the disk is full',
  '55P03': 'other programs are using its tables',
}

/** Whether the database cannot store now but may later: it is full, locked or gone. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && unavailable.test(code)) return true
  return typeof message === 'string' && lost.test(message)
}

/** What pg says without a code of a connection that is lost or closed and of a full pool, and Kysely once it is closed. */
const lost =
  /^(Connection terminated|timeout exceeded when trying to connect|Client .* is not queryable|Cannot use a pool after calling end|driver has already been destroyed)/

/** SQLite's codes; PostgreSQL's classes 08, 53, 57P, 25006, 25P03 and 58030 (appendix A of its manual); network errors. */
const unavailable =
  /^(SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN).*|08...|53...|57P..|25006|25P03|58030|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN)$/
