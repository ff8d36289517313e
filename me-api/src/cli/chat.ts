import { createWriteStream, existsSync } from 'node:fs'
import { link, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { progress } from '@clack/prompts'
import {
  type HistoryTransfer,
  HistoryLine,
  type NumberedLine,
  createHistoryTransfer,
  createLineNumbers,
} from '../chat/log/history-transfer.ts'
import { noRoom } from '../chat/log/commit.ts'
import { LESSON_ROOM, isPrivate } from '../contract/index.ts'
import type { DatabaseUrl } from '../db/database-url.ts'
import { isClaimed } from '../db/open-sqlite.ts'
import { Stop } from '../errors.ts'
import { openLines } from './read-lines.ts'
import { orHelp, pathOf, readArguments, withDatabase } from './run.ts'

const usage = `npm run chat -- import FILE --room ROOM [--append] [--skip-broken]
npm run chat -- export --room ROOM [--out FILE]
JSON Lines, one {"nick","text","sentAt"} a line, in UTF-8; gzip is read directly. An import stores all lines or none:
--skip-broken stores the others where some are broken, --append stores lines that are older than the room's newest message.`

/**
 * Lines per transaction, and the pause after it as a multiple of its duration. Beside a running server small batches
 * bound how long its writes wait, and the pause leaves it most of the time; SQLite's waiting writers poll, and would
 * otherwise always find the database locked, also beside a second import. PostgreSQL's wait in turn.
 */
const PACES = {
  beside: { batch: 100, pause: 2 },
  alone: { batch: 1_000, pause: 0.1 },
  postgres: { batch: 100, pause: 0 },
}
/** The most broken lines that are printed; all are counted. */
const BROKEN_PRINTED = 20

await orHelp(usage, async () => {
  const { command, ...options } = readOptions()
  await withDatabase(async (db, where) => {
    const history = createHistoryTransfer(db)
    if (isPrivate(options.room) || options.room === LESSON_ROOM) throw noRoom(options.room)
    const stored = await history.count(options.room)
    if (command === 'import') await importFile(history, options, () => paceOf(where))
    else await exportRoom(history, options, stored)
  })
})

type Options = {
  file: string
  room: string
  out?: string | undefined
  append?: boolean | undefined
  'skip-broken'?: boolean | undefined
}

function readOptions(): Options & { command: string } {
  const { values, positionals } = readArguments(usage, {
    allowPositionals: true,
    options: {
      room: { type: 'string' },
      out: { type: 'string' },
      append: { type: 'boolean' },
      'skip-broken': { type: 'boolean' },
    },
  })
  const [command, file = '', ...rest] = positionals
  const { room, out, append, 'skip-broken': skipBroken } = values
  const isImport = command === 'import' && file && !out
  const isExport = command === 'export' && !file && !append && !skipBroken
  if (room && rest.length === 0 && (isImport || isExport)) return { ...values, command, file, room }
  throw new Stop(usage)
}

/** Checks the whole file, then stores what the room lacks, in the order of time. */
async function importFile(history: HistoryTransfer, options: Options, pace: () => Pace): Promise<void> {
  const { file, room, append = false, 'skip-broken': skipBroken = false } = options
  const { lines, read, broken } = await readHistory(pathOf(file))
  const mayStore = broken.length === 0 || skipBroken
  const missing = mayStore ? await history.missing(room, lines) : []
  if (!append) await refuseOlder(history, room, missing)
  const added = await store(history, room, missing, pace)
  tell(`${read} lines read, ${added} messages added to ${room}, ${broken.length} broken`)
  if (broken.length === 0) return
  broken.slice(0, BROKEN_PRINTED).forEach(tell)
  if (broken.length > BROKEN_PRINTED) tell(`… and ${broken.length - BROKEN_PRINTED} more`)
  if (!mayStore) tell('Nothing was stored. Mend the broken lines, or store the others with --skip-broken.')
  process.exitCode = 1
}

/** Reads all lines, sorted by time; lines of one time stay in their order. */
async function readHistory(path: string) {
  const source = openLines(path)
  const bar = showProgress(source.size, 'Reading the file')
  const numberOf = createLineNumbers()
  const lines: NumberedLine[] = []
  const broken: string[] = []
  let read = 0
  for await (const text of source.lines()) {
    if (++read % 1_000 === 0) bar.reach(source.bytesRead(), `${read} lines read`)
    const line = text === null ? 'not in UTF-8, perhaps in Latin-1' : readLine(text)
    if (typeof line === 'string') broken.push(`line ${read}: ${line}`)
    else if (line) lines.push({ ...line, number: numberOf(line) })
  }
  bar.finish(`${read} lines read`)
  return { lines: lines.sort((one, other) => one.sentAt - other.sentAt), read, broken }
}

/** Parses a line; returns what is wrong as a string, or null for an empty line. */
function readLine(text: string): HistoryLine | string | null {
  if (!text.trim()) return null
  try {
    const result = HistoryLine.safeParse(JSON.parse(text))
    if (result.success) return result.data
    return result.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
  } catch {
    return 'not JSON'
  }
}

/** A room shows its messages in the order of arrival: old ones would stand after newer ones. */
async function refuseOlder(history: HistoryTransfer, room: string, lines: NumberedLine[]): Promise<void> {
  const [oldest] = lines
  const newest = await history.newest(room)
  if (!oldest || newest === null || oldest.sentAt >= newest) return
  const count = lines.filter(({ sentAt }) => sentAt < newest).length
  throw new Stop(
    `Nothing was stored. ${count} new ${count === 1 ? 'line is' : 'lines are'} older than the newest message of ${room}, ` +
      `which is of ${isoOf(newest)}; the oldest is of ${isoOf(oldest.sentAt)}. --append stores them after it.`,
  )
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}

type Pace = (typeof PACES)[keyof typeof PACES]

/** How fast an import may write now; a server may start or stop meanwhile. */
function paceOf(where: DatabaseUrl): Pace {
  if (where.kind === 'postgres') return PACES.postgres
  return isClaimed(where.path) ? PACES.beside : PACES.alone
}

async function store(
  history: HistoryTransfer,
  room: string,
  lines: NumberedLine[],
  pace: () => Pace,
): Promise<number> {
  if (lines.length === 0) return 0
  const bar = showProgress(lines.length, `Importing into ${room}`)
  let [added, done] = [0, 0]
  while (done < lines.length) {
    const { batch, pause } = pace()
    const began = performance.now()
    added += await history.importLines(room, lines.slice(done, done + batch))
    done = Math.min(lines.length, done + batch)
    bar.reach(done, `${added} messages added`)
    await wait(pause * (performance.now() - began))
  }
  bar.finish(`${added} messages added`)
  return added
}

async function exportRoom(history: HistoryTransfer, { room, out }: Options, total: number): Promise<void> {
  const bar = showProgress(total, `Exporting ${room}`)
  let written = 0
  async function* lines() {
    for await (const line of history.exportLines(room)) {
      if (++written % 1_000 === 0) bar.reach(written, `${written} messages`)
      yield `${JSON.stringify(line)}\n`
    }
  }
  if (out === undefined) await pipeToStdout(lines())
  else await writeNewFile(pathOf(out), lines())
  bar.finish(`${written} messages`)
  tell(`${written} messages of ${room} exported`)
}

async function pipeToStdout(lines: AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(lines), process.stdout).catch((error: NodeJS.ErrnoException) => {
    // A reader such as `head` closes the pipe early, which is no fault.
    if (error.code !== 'EPIPE') throw new Stop(`Cannot write: ${error.message}`)
  })
}

/** Writes a file that gets its name when it is complete and on disk, so that an interruption leaves no half of it. */
async function writeNewFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const taken = new Stop(`${path} is there already, and is left as it is.`)
  if (existsSync(path)) throw taken
  const partial = `${path}.${process.pid}.partial`
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  try {
    const file = createWriteStream(partial, { flags: 'wx', flush: true })
    await pipeline(Readable.from(lines), file, { signal: interruption.signal })
    await giveName(partial, path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (interruption.signal.aborted) throw new Stop('Interrupted. Nothing was written.')
    throw code === 'EEXIST' ? taken : new Stop(`Cannot write ${path}: ${message}`)
  } finally {
    await rm(partial, { force: true })
  }
}

/** Names a file, and replaces none where the file system has hard links. */
async function giveName(file: string, name: string): Promise<void> {
  await link(file, name).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw error
    await rename(file, name)
  })
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Shows a progress bar on standard error if that is a terminal. */
function showProgress(size: number, title: string) {
  if (!process.stderr.isTTY) return { reach: () => {}, finish: () => {} }
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
