import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { inChunks } from '../in-chunks.ts'
import type { DatabaseKind } from './database-url.ts'
import type { OneAtATime } from './one-at-a-time.ts'
import type { Database } from './tables.ts'

/** Milliseconds between two checks, so that changes share a scrub, well within the minute of docs/contract.md §4. */
const LOOK_EVERY = 10_000
/** Milliseconds until an unfinished scrub is tried again; doubles up to `LOOK_EVERY`. */
const RETRY = 1_000
/** Milliseconds after which unfinished work is reported to `onFault`. */
const OVERDUE = 60_000

type Parts = {
  db: Database
  kind: DatabaseKind
  clock: Clock
  oneAtATime: OneAtATime
  onFault: (error: unknown) => void
}

/**
 * Removes overwritten and deleted content from the database's files, not only from its tables: SQLite's write-ahead
 * log keeps old pages until it is truncated, PostgreSQL's tables keep old rows until they are vacuumed. The database
 * notes pending work in the table `overwritten`, whichever program wrote. A note is removed only after its content
 * has left the files, so that a stop, a crash, a concurrent reader or an error only delays it. It begins with the work that
 * an earlier run left.
 */
export function startScrub({ db, kind, clock, oneAtATime, onFault }: Parts): void {
  let wait = LOOK_EVERY
  let lateSince: number | null = null
  let isReported = false

  async function look(): Promise<void> {
    // Where another node is at it, nothing is left to do here.
    let isDone = true
    const fault = await oneAtATime('scrub', async () => {
      isDone = await (kind === 'sqlite' ? scrubSqlite(db) : scrubPostgres(db))
    }).then(
      () => (isDone ? null : new Error('another connection reads the database as it was')),
      (error: unknown) => error,
    )
    if (fault === null) done()
    else late(fault)
    clock.after(wait, look)
  }

  function done(): void {
    wait = LOOK_EVERY
    lateSince = null
    isReported = false
  }

  function late(fault: unknown): void {
    wait = lateSince === null ? RETRY : Math.min(LOOK_EVERY, 2 * wait)
    lateSince ??= clock.monotonic()
    if (isReported || clock.monotonic() - lateSince < OVERDUE) return
    isReported = true
    onFault(fault)
  }

  void look()
}

/** @returns whether nothing is left to do */
async function scrubSqlite(db: Database): Promise<boolean> {
  const keys = (await db.selectFrom('overwritten').select('key').execute()).map(({ key }) => key)
  if (keys.length === 0) return true
  if (!(await truncateLog(db))) return false
  await forget(db, keys)
  return true
}

/**
 * Writes SQLite's log into its database and truncates it. If another connection still reads from the log, or writes,
 * SQLite reports that in the answer's first column and throws nothing. This does not wait for it, because everything
 * else would wait too.
 */
function truncateLog(db: Database): Promise<boolean> {
  return db.connection().execute(async (connection) => {
    const [before] = (await sql<{ timeout: number }>`pragma busy_timeout`.execute(connection)).rows
    await sql`pragma busy_timeout = 0`.execute(connection)
    try {
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(connection)
      return rows[0]?.busy === 0
    } finally {
      await sql.raw(`pragma busy_timeout = ${before?.timeout ?? 0}`).execute(connection)
    }
  })
}

/** @returns whether nothing is left to do */
async function scrubPostgres(db: Database): Promise<boolean> {
  const { rows } = await sql<{ key: number; table_name: string; is_held: boolean }>`
    select key, table_name, age(xid) between 0 and (${oldestView}) as is_held from overwritten
  `.execute(db)
  const free = rows.filter(({ is_held }) => !is_held)
  // Without `freeze`, a vacuum passes over a page that is just being written to disk, and says nothing of it.
  for (const table of new Set(free.map(({ table_name }) => table_name)))
    await sql`vacuum (freeze) ${sql.table(table)}`.execute(db)
  await forget(
    db,
    free.map(({ key }) => key),
  )
  return free.length === rows.length
}

/**
 * The age of the oldest transaction whose rows any session may still see. A vacuum keeps rows overwritten by it or a
 * later one, and reports no error (PostgreSQL's manual, "Routine Vacuuming").
 */
const oldestView = sql`
  select coalesce(max(age(xmin)), 0) from (
    select backend_xmin as xmin from pg_stat_activity where datname is null or datname = current_database()
    union all select xmin from pg_replication_slots
    union all select transaction from pg_prepared_xacts where database = current_database()
  ) as views where xmin is not null
`

async function forget(db: Database, keys: number[]): Promise<void> {
  for (const some of inChunks(keys)) await db.deleteFrom('overwritten').where('key', 'in', some).execute()
}
