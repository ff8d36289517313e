import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { databaseOf } from './database.ts'
import { runProgram } from './program.ts'
import type { TestApp } from './start-app.ts'

/** Runs `npm run chat -- …` beside the server, in its folder. */
export const chat = async (app: TestApp, ...args: string[]) =>
  runProgram('cli/chat.ts', { args, settings: await databaseOf(app.folder), cwd: app.folder })

/** A line of a file of messages, at a minute of Christmas 2004. */
export const line = (nick: string, text: string, minute: number) => ({
  nick,
  text,
  sentAt: `2004-12-25T00:${String(minute).padStart(2, '0')}:00.000Z`,
})

/** Writes a file of messages, as text or gzipped; returns its name. */
export function file(folder: string, lines: unknown[], name = 'history.jsonl'): string {
  const text = lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')
  writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text)
  return name
}
