import { PostgresDialect } from 'kysely'
import pg, { type PoolClient } from 'pg'
import { watchAnswers } from './watch-answers.ts'

/** Connections per process: the group commit uses one for writes, so that a few are enough for all readers. */
const CONNECTIONS = 10
/** Milliseconds after which a server that does not answer counts as unavailable. */
const CONNECT_TIMEOUT = 5_000
/** Milliseconds for which it asks for no more connections where the server gives none. */
const ASKS_NO_MORE = 1_000
/** PostgreSQL's `too_many_connections`. */
const TOO_MANY = '53300'
/**
 * Milliseconds after which the server ends a transaction whose client says nothing: a program that stands still, or whose
 * machine is gone, would keep its locks, such as a room's row, and with it everybody else from writing there.
 */
const IDLE_IN_TRANSACTION_MAX = 5_000

// Numbers of rooms and times in milliseconds are 64-bit integers in PostgreSQL, and exact as JavaScript numbers.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** `answersWithin` returns the milliseconds after which a server that does not answer a statement counts as lost. */
export function openPostgres(url: string, answersWithin = () => Infinity): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  })
  // A connection that the server closes emits `error` in addition to failing its query. Without a listener that would
  // end the process, because the pool listens only to idle connections.
  pool.on('connect', (connection) => {
    connection.on('error', () => {})
    watchAnswers({ connection, within: answersWithin })
    // A parameter of the connection's start would be refused by PgBouncer. A statement that fails fails the next too.
    connection.query(`set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MAX}`).catch(() => {})
  })
  pool.on('error', () => {})
  /** The connections that the server has given; the pool counts also those that it has asked for. */
  let open = 0
  pool.on('connect', () => open++)
  pool.on('remove', () => open--)

  /** Where others have all connections that are left, those of this process serve all of it, one after the other. */
  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      if ((error as { code?: unknown }).code !== TOO_MANY || open === 0) throw error
      pool.options.max = open
      setTimeout(() => (pool.options.max = CONNECTIONS), ASKS_NO_MORE).unref()
      return pool.connect()
    }
  }
  return new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } })
}
