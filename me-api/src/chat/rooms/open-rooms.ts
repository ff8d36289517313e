import { type RawBuilder, sql } from 'kysely'

/**
 * Whether the room that a column names is open. Compares a character only: in PostgreSQL the order of texts depends on
 * the database's collation.
 */
export const isOpenRoom = (column: string): RawBuilder<boolean> =>
  sql`substr(${sql.ref(column)}, 1, 1) <> '~'`
