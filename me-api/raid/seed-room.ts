import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MESSAGES = 1_500
const cli = join(import.meta.dirname, '../src/cli/chat.ts')

/**
 * Creates a database whose lobby is filled, by the project's own import, with messages of the maximum length: `a a a
 * …`.
 */
export function seedRoom() {
  const folder = mkdtempSync(join(tmpdir(), 'me-raid-'))
  const databaseUrl = `file:${join(folder, 'me.db')}`

  return {
    databaseUrl,
    /** Fills the lobby; call it after the server has created the tables. */
    async fill(): Promise<void> {
      const file = join(folder, 'history.jsonl')
      writeFileSync(file, Array.from({ length: MESSAGES }, (_, n) => lineOf(n)).join('\n'))
      const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl }
      const run = spawn(process.execPath, [cli, 'import', file, '--room', 'lobby'], { env, stdio: 'ignore' })
      const [code] = (await once(run, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`the room could not be filled: ${code}`)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function lineOf(n: number): string {
  const sentAt = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString()
  return JSON.stringify({ nick: `writer ${n % 20}`, text: `${'a '.repeat(1_990)}message ${n}`, sentAt })
}
