import { type RawBuilder, sql } from 'kysely'

/**
 * Whether the room that a column names is open. Compares a character only: in PostgreSQL the order of texts depends on
 * the database's collation.
 */
export const isOpenRoom = (column: string): RawBuilder<boolean> =>
  sql`substr(${sql.ref(column)}, 1, 1) <> '~'`

/** The rooms that a person may read: which open rooms they may not, and which private conversations they may. */
export type ReadableRooms = { hidden: string[]; conversation: string | 'all' | null }

/** Whether the room that a column names is one of those. */
export const isReadable = (column: string, { hidden, conversation }: ReadableRooms): RawBuilder<boolean> => {
  const isShown =
    hidden.length > 0 ? sql<boolean>`${sql.ref(column)} not in (${sql.join(hidden)})` : sql<boolean>`true`
  if (conversation === 'all') return isShown
  return sql`(${isShown} and (${isOpenRoom(column)} or ${sql.ref(column)} = ${conversation}))`
}
