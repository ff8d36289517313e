/**
 * The compose file's service `backup`: makes a copy every BACKUP_EVERY in a folder, and keeps the newest BACKUP_KEEP.
 */
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { readConfig, readEnvironment } from '../config.ts'
import { TIMER_MAX } from '../contract/timer.ts'
import { createBackupRound } from '../db/backup-round.ts'
import { Stop } from '../errors.ts'
import { orStop, pathOf } from './run.ts'

const hours = /^([1-9]\d{0,3})h$/

const Plan = z.object({
  BACKUP_EVERY: z
    .string()
    .regex(hours, 'must be hours, such as 24h')
    .default('24h')
    .transform((text) => Number.parseInt(text) * 3_600_000),
  BACKUP_KEEP: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1')
    .default('14')
    .transform(Number),
})

await orStop(async () => {
  const [folder = '.'] = parseArgs({ allowPositionals: true }).positionals
  const environment = readEnvironment()
  const { DATABASE_URL } = readConfig(environment)
  if (DATABASE_URL.kind !== 'sqlite')
    throw new Stop('The data is in PostgreSQL: this makes copies of SQLite only. Use pg_dump.')
  const plan = readPlan(environment)
  const round = createBackupRound({
    database: DATABASE_URL.path,
    folder: pathOf(folder),
    keep: plan.BACKUP_KEEP,
    every: plan.BACKUP_EVERY,
  })

  const end = new AbortController()
  process.once('SIGTERM', () => end.abort()).once('SIGINT', () => end.abort())
  while (!end.signal.aborted) {
    const { line, next } = round(Date.now())
    if (line) process.stdout.write(`${line}\n`)
    await pause(Math.min(next, TIMER_MAX), undefined, { signal: end.signal }).catch(() => {})
  }
})

function readPlan(environment: Record<string, string | undefined>) {
  const { BACKUP_EVERY, BACKUP_KEEP } = environment
  const result = Plan.safeParse({
    BACKUP_EVERY: BACKUP_EVERY || undefined,
    BACKUP_KEEP: BACKUP_KEEP || undefined,
  })
  if (result.success) return result.data
  throw new Stop(...result.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`))
}
