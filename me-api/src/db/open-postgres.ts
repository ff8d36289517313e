import { PostgresDialect } from 'kysely'
import pg from 'pg'

/** Connections of one process: writes go one group at a time, so that a few serve all readers. */
const CONNECTIONS = 10
/** Milliseconds until a server that does not answer counts as gone. */
const CONNECT_TIMEOUT = 5_000

// Numbers of rooms and times in milliseconds are 64 bits there, and exact as JavaScript's numbers here.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** `onLost` hears of idle connections that the server closed; the next query opens another. */
export function openPostgres(url: string, onLost: (error: Error) => void): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  })
  pool.on('error', onLost)
  return new PostgresDialect({ pool })
}
