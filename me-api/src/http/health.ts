import { Router } from 'express'
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/tables.ts'
import { Refusal } from '../errors.ts'

type Parts = { db: Database; clock: Pick<Clock, 'after'>; version: string; isStopping: () => boolean }

/** Milliseconds for which the database's last answer serves all who ask. */
const KEPT = 1_000

/** `/healthz`: the process lives. `/readyz`: it can serve: the database answers, and it does not stop. */
export function health({ db, clock, version, isStopping }: Parts): Router {
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
    if (isStopping()) throw new Refusal('UNAVAILABLE', 'The server stops.', { retryAfter: 5 })
    if (!(await doesAnswer()))
      throw new Refusal('UNAVAILABLE', 'The database does not answer.', { retryAfter: 2 })
    res.json({ data: { status: 'ready', version } })
  })
  return router
}

/** One question at a time: `/readyz` is not limited, and a flood of it is to cost the database nothing. */
function shareAnswer(clock: Parts['clock'], ask: () => Promise<boolean>): () => Promise<boolean> {
  let shared: Promise<boolean> | undefined
  async function askOnce(): Promise<boolean> {
    const answer = await ask()
    clock.after(KEPT, () => (shared = undefined))
    return answer
  }
  return () => (shared ??= askOnce())
}
