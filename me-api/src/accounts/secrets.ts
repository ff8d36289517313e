import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import { Stop } from '../errors.ts'

/** Reads the secrets from the settings, or else the one created at the first start and stored beside the database. */
export function readSecrets({ SESSION_SECRET, DATABASE_URL }: Config): string[] {
  if (SESSION_SECRET) return SESSION_SECRET
  if (DATABASE_URL.kind !== 'sqlite') throw new Stop('SESSION_SECRET: is required with PostgreSQL')
  const file = join(dirname(DATABASE_URL.path), 'session-secret')
  try {
    // 'wx' fails if the file exists, so that two concurrent starts agree on one secret.
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Stop(`SESSION_SECRET: cannot keep one in ${file}`)
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length < 32)
    throw new Stop(`SESSION_SECRET: ${file} holds no secret; remove it to have a new one made`)
  return [secret]
}
