import { sql } from 'kysely'

/**
 * Returns the next `updated_at` of a page, in milliseconds, which is its version as well: above the stored one, also
 * where two saves fall into one millisecond or the clock has been set back.
 */
export const nextVersion = (now: number, stored = sql.ref<number>('updated_at')) =>
  sql<number>`case when ${stored} < ${now} then ${now} else ${stored} + 1 end`
