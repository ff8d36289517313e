import { sql } from 'kysely'
import type { Database, Tx } from './tables.ts'

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

/** Runs a task once no other node is running one with this name. */
export type OneAfterAnother = <Result>(name: string, task: () => Promise<Result>) => Promise<Result>

/** What the only node runs. */
export const afterNobody: OneAfterAnother = (_name, task) => task()

/** Milliseconds after which a node that stands still in its turn is no longer waited for. */
const TURN_MAX = 30_000

/** The same lock as below, which is waited for. */
export const createOneAfterAnother =
  (db: Database): OneAfterAnother =>
  (name, task) =>
    db.transaction().execute(async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = ${sql.lit(TURN_MAX)}`.execute(tx)
      await sql`select pg_advisory_xact_lock(${keyOf(name)})`.execute(tx)
      return task()
    })

const keyOf = (name: string) => sql`${sql.lit(OURS)}, hashtext(${name})`

/**
 * An advisory lock of PostgreSQL, which its server gives back when the connection ends. It is that of a transaction,
 * because PgBouncer gives each transaction another of the server's sessions: a session's lock would be everybody's there,
 * and would never be given back.
 */
export const createOneAtATime =
  (db: Database): OneAtATime =>
  async (name, task) => {
    let isDone = false
    const run = async (tx: Tx): Promise<boolean> => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx)
      const { rows } = await sql<{
        isMine: boolean
      }>`select pg_try_advisory_xact_lock(${keyOf(name)}) as "isMine"`.execute(tx)
      if (!rows[0]?.isMine) return false
      await task()
      isDone = true
      return true
    }
    try {
      return await db.transaction().execute(run)
    } catch (error) {
      // Where the connection was lost meanwhile, the lock is gone with it, and the transaction has stored nothing.
      if (isDone) return true
      throw error
    }
  }
