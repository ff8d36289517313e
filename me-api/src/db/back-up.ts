import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Stop } from '../errors.ts'
import { openToRead } from './open-sqlite.ts'
import { COPY } from './restored.ts'

/**
 * Writes a consistent copy of an SQLite database into a new file, also while a server writes: `VACUUM INTO` reads one
 * snapshot (SQLite's backup API would restart at every write of another process). The file gets its name when it is
 * complete and on disk. Only its user can read it, like the original. It contains no deleted content. It is marked as a
 * copy, so that the first server that starts with it lets every reader start over.
 * @returns the size of the copy in bytes
 * @throws {Stop} if there is no database, or the copy cannot be written; then nothing is left behind
 */
export function backUp(path: string, target: string): number {
  refuseTaken(target)
  const partial = `${target}.${process.pid}.partial`
  try {
    const source = openSource(path)
    try {
      // SQLite writes into an existing empty file and keeps its mode.
      closeSync(openSync(partial, 'wx', 0o600))
      source.prepare('vacuum into ?').run(partial)
    } finally {
      source.close()
    }
    markAsCopy(partial)
    sync(partial)
    refuseTaken(target)
    renameSync(partial, target)
    sync(dirname(target))
    return statSync(target).size
  } catch (error) {
    if (existsSync(partial)) rmSync(partial)
    throw error instanceof Stop ? error : new Stop(`Cannot write ${target}: ${reasonOf(error)}`)
  }
}

/** Opens the database read-only and without migrations, because the copy before an upgrade is for going back. */
function openSource(path: string): Sqlite.Database {
  const source = openToRead(path)
  if (source.prepare('select 1 from sqlite_master').get()) return source
  source.close()
  throw new Stop(`DATABASE_URL: there is nothing in ${path} yet`)
}

function markAsCopy(path: string): void {
  const copy = new Sqlite(path)
  try {
    copy.pragma(`user_version = ${COPY}`)
  } finally {
    copy.close()
  }
}

function refuseTaken(target: string): void {
  if (existsSync(target)) throw new Stop(`${target} is there already, and is left as it is.`)
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    ENOENT: 'there is no such folder',
    ENOTDIR: 'its folder is a file',
    EACCES: 'not allowed',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    SQLITE_FULL: 'the disk is full',
  }
  return known[code] ?? message
}
