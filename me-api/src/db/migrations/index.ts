import type { Migration } from 'kysely/migration'
import * as house from './0001_house.ts'

/** In the order of their names; a migration that has been released is never changed. */
export const migrations: Record<string, Migration> = {
  '0001_house': house,
}
