import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { readConfig, readEnvironment } from '../config.ts'
import type { DatabaseUrl } from '../db/database-url.ts'
import { asStop, openDatabase } from '../db/open-database.ts'
import type { Database } from '../db/tables.ts'
import { Refusal, Stop } from '../errors.ts'

/** Milliseconds that a command's write waits for other programs; nobody else waits with it, unlike a server's. */
const BUSY_TIMEOUT = 30_000

/**
 * Runs a command with the site's database. A wrong path makes no empty one, unless the command `mayMake` it; then a line
 * says so.
 * @throws {Stop} if the database is unusable, or fails
 */
export async function withDatabase(
  command: (db: Database, where: DatabaseUrl) => Promise<void>,
  { mayMake = false } = {},
): Promise<void> {
  const { DATABASE_URL } = readConfig(readEnvironment())
  const file = DATABASE_URL.kind === 'sqlite' ? DATABASE_URL.path : null
  const isNew = file !== null && !existsSync(file)
  const db = await openDatabase(DATABASE_URL, {
    mustExist: !mayMake || (file !== null && !isNew),
    busyTimeout: BUSY_TIMEOUT,
    tell: (line) => void process.stderr.write(`${line}\n`),
  })
  if (isNew) process.stdout.write(`A new database was made in ${file}.\n`)
  try {
    await command(db, DATABASE_URL)
  } catch (error) {
    throw asStop(DATABASE_URL, error)
  } finally {
    await db.destroy()
  }
}

/** Prints the command's usage where `--help` or `-h` asks for it, and otherwise runs the command as `orStop` does. */
export async function orHelp(usage: string, command: () => Promise<void> | void): Promise<void> {
  if (process.argv.some((word) => word === '--help' || word === '-h')) process.stdout.write(`${usage}\n`)
  else await orStop(command)
}

/** Prints expected errors as lines instead of a stack trace. */
export async function orStop(command: () => Promise<void> | void): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof Stop || error instanceof Refusal)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** Reads a command's arguments. @throws {Stop} with the usage, if there is an unknown one */
export function readArguments<const Config extends ParseArgsConfig>(usage: string, config: Config) {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new Stop((error as Error).message, usage)
  }
}

/** Resolves a file name relative to the directory where the user typed it, not where npm runs the script. */
export const pathOf = (file: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), file)
