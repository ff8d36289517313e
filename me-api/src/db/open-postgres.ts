import { PostgresDialect } from 'kysely'
import pg from 'pg'

/** Connections of one process: writes go one group at a time, so that a few serve all readers. */
const CONNECTIONS = 10
/** Milliseconds until a server that does not answer counts as gone. */
const CONNECT_TIMEOUT = 5_000

// Numbers of rooms and times in milliseconds are 64 bits there, and exact as JavaScript's numbers here.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export function openPostgres(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  })
  // A connection that the server closes tells so by an event besides the failed query. Unheard, it would end the
  // process: the pool listens only to idle connections.
  pool.on('connect', (connection) => void connection.on('error', () => {}))
  pool.on('error', () => {})
  return new PostgresDialect({ pool })
}
