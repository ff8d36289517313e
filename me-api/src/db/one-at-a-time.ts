import { sql } from 'kysely'
import type { Database } from './tables.ts'

/** The first key of our advisory locks in a database. */
const OURS = 1_298_493_029

/**
 * Runs a task unless another node is running the one with this name. Returns whether it ran; a node that ends in between
 * stops being in the way.
 */
export type OneAtATime = (name: string, task: () => Promise<unknown>) => Promise<boolean>

/** What the only node runs. */
export const byOnlyNode: OneAtATime = async (_name, task) => {
  await task()
  return true
}

/** An advisory lock of PostgreSQL, which its server gives back when the connection ends. */
export const createOneAtATime =
  (db: Database): OneAtATime =>
  (name, task) =>
    db.connection().execute(async (connection) => {
      const key = sql`${sql.lit(OURS)}, hashtext(${name})`
      const { rows } = await sql<{
        isMine: boolean
      }>`select pg_try_advisory_lock(${key}) as "isMine"`.execute(connection)
      if (!rows[0]?.isMine) return false
      try {
        await task()
        return true
      } finally {
        // It fails where the connection is lost, and the lock with it.
        await sql`select pg_advisory_unlock(${key})`.execute(connection).catch(() => {})
      }
    })
