import { Router } from 'express'
import { sql } from 'kysely'
import type { Database } from '../db/tables.ts'
import { Refusal } from '../errors.ts'

/** `/healthz`: the process lives. `/readyz`: it can serve: the database answers, and it does not stop. */
export function health(db: Database, version: string, isStopping: () => boolean): Router {
  const router = Router()
  router.get('/healthz', (_req, res) => {
    res.json({ data: { status: 'alive' } })
  })
  router.get('/readyz', async (_req, res) => {
    if (isStopping()) throw new Refusal('UNAVAILABLE', 'The server stops.', { retryAfter: 5 })
    await sql`select 1`.execute(db).catch(() => {
      throw new Refusal('UNAVAILABLE', 'The database does not answer.', { retryAfter: 2 })
    })
    res.json({ data: { status: 'ready', version } })
  })
  return router
}
