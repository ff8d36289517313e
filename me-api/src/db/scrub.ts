import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { DatabaseKind } from './database-url.ts'
import type { Database } from './tables.ts'

/** Milliseconds from the first deletion to the scrubbing: within the contract's minute, and many at once. */
const AFTER = 20_000

type Parts = { db: Database; kind: DatabaseKind; clock: Clock; onFault: (error: unknown) => void }

/**
 * Takes what was deleted out of the database's files, not only out of its tables: SQLite's log still holds the pages
 * as they were until it is emptied, PostgreSQL's tables the rows until they are vacuumed.
 */
export function createScrub({ db, kind, clock, onFault }: Parts) {
  let isDue = false

  async function scrub(): Promise<void> {
    isDue = false
    await (kind === 'sqlite' ? sql`pragma wal_checkpoint(truncate)` : sql`vacuum messages`)
      .execute(db)
      .catch(onFault)
  }

  return {
    /** Something was deleted. */
    soon(): void {
      if (isDue) return
      isDue = true
      clock.after(AFTER, () => void scrub())
    },
  }
}
