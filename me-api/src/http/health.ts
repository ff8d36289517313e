import { Router } from 'express'
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Interchange } from '../nodes/interchange.ts'

type Parts = {
  db: Database
  clock: Pick<Clock, 'after'>
  version: string
  interchange: Pick<Interchange, 'isShared' | 'isUp'>
  isStopping: () => boolean
}

/** Milliseconds for which the database's last answer is reused. */
const REUSED_FOR = 1_000

/** Serves `/healthz` (the process runs) and `/readyz` (the database answers and the server is not stopping). */
export function health({ db, clock, version, interchange, isStopping }: Parts): Router {
  const doesAnswer = shareAnswer(clock, () =>
    sql`select 1`.execute(db).then(
      () => true,
      () => false,
    ),
  )
  const router = Router()
  router.get('/healthz', (_req, res) => {
    res.json({ data: { status: 'alive' } })
  })
  router.get('/readyz', async (_req, res) => {
    if (isStopping()) throw new Refusal('UNAVAILABLE', 'The server is stopping.', { retryAfter: 5 })
    if (!(await doesAnswer()))
      throw new Refusal('UNAVAILABLE', 'The database does not answer.', { retryAfter: 2 })
    // Without Redis the node still serves everybody who is connected to it, so that it stays in service.
    const redis = interchange.isUp() ? 'connected' : 'unavailable'
    res.json({ data: { status: 'ready', version, ...(interchange.isShared && { redis }) } })
  })
  return router
}

/**
 * Shares one query among concurrent requests: `/readyz` has no rate limit, and a flood of it must not load the
 * database.
 */
function shareAnswer(clock: Parts['clock'], ask: () => Promise<boolean>): () => Promise<boolean> {
  let shared: Promise<boolean> | undefined
  async function askOnce(): Promise<boolean> {
    const answer = await ask()
    clock.after(REUSED_FOR, () => (shared = undefined))
    return answer
  }
  return () => (shared ??= askOnce())
}
