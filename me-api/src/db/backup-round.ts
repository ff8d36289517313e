import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Stop } from '../errors.ts'
import { backUp } from './back-up.ts'

/** Milliseconds until a failed backup is tried again. */
const RETRY = 5 * 60_000

type Parts = { database: string; folder: string; keep: number; every: number }

/**
 * Runs one round of regular backups: makes a copy if the newest is older than `every` milliseconds, then removes all
 * but the newest `keep`. A container that restarts often therefore makes no extra copies, and a failed copy removes
 * none; what an interrupted one left is removed in the first round. Copies dated in the future, by a system's time that was wrong once, neither count nor go. `next` is the time
 * in milliseconds until the next round.
 */
export function createBackupRound({ database, folder, keep, every }: Parts) {
  const copiesUntil = (now: number): string[] => copiesIn(folder).filter((name) => timeOf(name) <= now)

  let isFirst = true

  return function round(now: number): { line: string | null; next: number } {
    try {
      if (isFirst) removePartial(folder)
      isFirst = false
      const newest = copiesUntil(now).at(-1)
      const due = newest ? timeOf(newest) + every : now
      if (due > now) return { line: null, next: due - now }
      const name = nameOf(now)
      const size = backUp(database, join(folder, name))
      for (const old of copiesUntil(now).slice(0, -keep)) rmSync(join(folder, old))
      const future = copiesIn(folder).length - copiesUntil(now).length
      const left = future > 0 ? ` (${future} dated in the future, left alone)` : ''
      return { line: `${name}: ${(size / 1e6).toFixed(1)} MB${left}`, next: every }
    } catch (error) {
      if (error instanceof Stop) return { line: error.message, next: RETRY }
      return { line: `Cannot back up: ${(error as Error).message}`, next: RETRY }
    }
  }
}

const shape = /^me-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)Z\.db$/

/** File names cannot contain colons on every system. */
const nameOf = (time: number): string =>
  `me-${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`

const timeOf = (name: string): number => Date.parse(name.replace(shape, '$1:$2:$3Z'))

const partialShape = /^me-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db\.\d+\.partial(?:-journal)?$/

/** Removes what an interrupted copy left behind, as when the container was stopped meanwhile. */
function removePartial(folder: string): void {
  for (const name of readdirSync(folder)) if (partialShape.test(name)) rmSync(join(folder, name))
}

/** Returns the copies, the oldest first. Other files in the folder are left alone. */
const copiesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => shape.test(name))
    .toSorted()
