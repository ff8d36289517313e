import { PostgresDialect } from 'kysely'
import pg from 'pg'

/** Connections per process: the group commit uses one for writes, so that a few are enough for all readers. */
const CONNECTIONS = 10
/** Milliseconds after which a server that does not answer counts as unavailable. */
const CONNECT_TIMEOUT = 5_000

// Numbers of rooms and times in milliseconds are 64-bit integers in PostgreSQL, and exact as JavaScript numbers.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export function openPostgres(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  })
  // A connection that the server closes emits `error` in addition to failing its query. Without a listener that would
  // end the process, because the pool listens only to idle connections.
  pool.on('connect', (connection) => void connection.on('error', () => {}))
  pool.on('error', () => {})
  return new PostgresDialect({ pool })
}
