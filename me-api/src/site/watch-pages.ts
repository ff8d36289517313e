import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/tables.ts'
import type { Interchange } from '../nodes/interchange.ts'
import type { PageCache } from './page-cache.ts'

/** Milliseconds between two looks. */
const EVERY = 2_000

type Parts = {
  db: Database
  cache: Pick<PageCache, 'changed'>
  interchange: Pick<Interchange, 'isShared'>
  clock: Clock
  onFault: (error: unknown) => void
}

/**
 * Looks at the owner's pages in the database, and empties the cache where another node has written or removed one: it says
 * so itself over Redis, whose words may get lost.
 */
export function watchPages({ db, cache, interchange, clock, onFault }: Parts): void {
  if (!interchange.isShared) return
  let known = ''

  async function look(): Promise<void> {
    const versions = await readVersions(db)
    if (versions !== known) cache.changed()
    known = versions
  }

  async function lookRegularly(): Promise<void> {
    await look().catch(onFault)
    clock.after(EVERY, lookRegularly)
  }

  clock.after(0, lookRegularly)
}

/** Returns a text that is another one once a page was written, added or removed. */
async function readVersions(db: Database): Promise<string> {
  const { rows } = await sql`
    select 0 as week, updated_at from presentation union all select week, updated_at from reports order by week
  `.execute(db)
  return JSON.stringify(rows)
}
