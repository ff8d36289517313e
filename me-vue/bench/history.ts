import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

const root = join(import.meta.dirname, '../..')

/** Real messages, which lie beside the repository and are no part of it. */
export const historyFile = join(root, '../shared/data/ubuntu-irc.jsonl.gz')

/** Puts all of them into the lobby of a database that no server has open yet. */
export function importHistory(database: string): void {
  const command = ['me-api/src/cli/chat.ts', 'import', historyFile, '--room', 'lobby']
  const { status, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    env: { PATH: process.env.PATH, DATABASE_URL: database },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
}

/** The words of the first `count` of them. */
export async function realWords(count: number): Promise<string[]> {
  const words: string[] = []
  const lines = createInterface(createReadStream(historyFile).pipe(createGunzip()))
  for await (const line of lines) {
    words.push((JSON.parse(line) as { text: string }).text)
    if (words.length === count) break
  }
  return words
}
