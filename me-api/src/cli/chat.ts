import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { progress } from '@clack/prompts'
import { type HistoryLine as Line, HistoryLine, createHistoryTransfer } from '../chat/log/history-transfer.ts'
import type { Database } from '../db/tables.ts'
import { Stop } from '../errors.ts'
import { openLines } from './read-lines.ts'
import { pathOf, run } from './run.ts'

const usage = `npm run chat -- import FILE --room ROOM
npm run chat -- export --room ROOM [--out FILE]
JSON Lines, one {"nick","text","sentAt"} a line; gzip is read directly.`

/** Lines per transaction: bounds how long a running server's writes wait. */
const BATCH = 300
/** The most broken lines that are printed; all are counted. */
const BROKEN_PRINTED = 20

await run(async (db) => {
  const { command, file, room, out } = readArguments()
  if (command === 'import') await importFile(db, file, room)
  else await exportRoom(db, room, out)
})

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { room: { type: 'string' }, out: { type: 'string' } },
    })
    const [command, file = '', ...rest] = positionals
    const { room, out } = values
    const isImport = command === 'import' && file && !out
    const isExport = command === 'export' && !file
    if (room && rest.length === 0 && (isImport || isExport)) return { command, file, room, out }
  } catch (error) {
    throw new Stop((error as Error).message, usage)
  }
  throw new Stop(usage)
}

async function importFile(db: Database, file: string, room: string): Promise<void> {
  const history = createHistoryTransfer(db)
  await history.count(room)
  const source = openLines(pathOf(file))
  const bar = showProgress(source.size, `Importing into ${room}`)
  const broken: string[] = []
  let [read, added] = [0, 0]
  for await (const batch of source.batches(BATCH)) {
    const lines: Line[] = []
    for (const text of batch) {
      read++
      const line = readLine(text)
      if (typeof line === 'string') broken.push(`line ${read}: ${line}`)
      else if (line) lines.push(line)
    }
    if (lines.length > 0) added += await history.importLines(room, lines)
    bar.reach(source.bytesRead(), `${read} lines read, ${added} messages added`)
    // Lets a running server write: SQLite's waiting writers poll, and would otherwise always find the database
    // locked.
    await pause(2)
  }
  bar.finish(`${read} lines read, ${added} messages added to ${room}, ${broken.length} broken`)
  for (const problem of broken.slice(0, BROKEN_PRINTED)) process.stderr.write(`${problem}\n`)
  if (broken.length > BROKEN_PRINTED) process.stderr.write(`… and ${broken.length - BROKEN_PRINTED} more\n`)
}

/** Parses a line; returns what is wrong as a string, or null for an empty line. */
function readLine(text: string): Line | string | null {
  if (!text.trim()) return null
  try {
    const result = HistoryLine.safeParse(JSON.parse(text))
    if (result.success) return result.data
    return result.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
  } catch {
    return 'not JSON'
  }
}

async function exportRoom(db: Database, room: string, out: string | undefined): Promise<void> {
  const history = createHistoryTransfer(db)
  const total = await history.count(room)
  const bar = showProgress(total, `Exporting ${room}`)
  let written = 0
  async function* lines() {
    for await (const line of history.exportLines(room)) {
      if (++written % 1_000 === 0) bar.reach(written, `${written} messages`)
      yield `${JSON.stringify(line)}\n`
    }
  }
  const target = out === undefined ? process.stdout : createWriteStream(pathOf(out))
  await pipeline(Readable.from(lines()), target).catch((error: NodeJS.ErrnoException) => {
    // A reader such as `head` closes the pipe early, which is no fault.
    if (error.code !== 'EPIPE') throw new Stop(`Cannot write: ${error.message}`)
  })
  bar.finish(`${written} messages of ${room} exported`)
}

/** Shows a progress bar on standard error if that is a terminal, else only the last line. */
function showProgress(size: number, title: string) {
  if (!process.stderr.isTTY)
    return { reach: () => {}, finish: (line: string) => void process.stderr.write(`${line}\n`) }
  const bar = progress({ max: Math.max(1, size), output: process.stderr })
  let reached = 0
  bar.start(title)
  return {
    reach(value: number, line: string) {
      bar.advance(value - reached, line)
      reached = value
    },
    finish: (line: string) => bar.stop(line),
  }
}
