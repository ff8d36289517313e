import { sql } from 'kysely'

/** The time of the moment by PostgreSQL's clock, which all nodes share, in milliseconds since 1970. */
export const nowOfPostgres = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
