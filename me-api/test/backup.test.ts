import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { createBackupRound } from '../src/db/backup-round.ts'
import { runProgram, startServer } from './support/program.ts'
import { temporaryFolder } from './support/start-app.ts'
import { type Visitor, connect, visitor } from './support/visitors.ts'

const sqliteIn = (folder: string) => ({
  DATABASE_URL: `file:${join(folder, 'me.db')}`,
  LIMIT_MESSAGES: 'off',
})

const backup = (folder: string, ...args: string[]) =>
  runProgram('cli/backup.ts', { args, settings: sqliteIn(folder), cwd: folder })

/** Sends without a pause until told to stop, and tells what was acknowledged. */
function keepSending(from: Visitor) {
  let isDone = false
  const texts: string[] = []
  const sending = (async () => {
    while (!isDone) texts.push((await from.send(`number ${texts.length}`)).text)
  })()
  return {
    acknowledged: () => texts.length,
    async stop() {
      isDone = true
      await sending
    },
  }
}

test('a backup made while the server writes holds every message acknowledged before it', async () => {
  const folder = temporaryFolder()
  const server = await startServer(sqliteIn(folder))
  const writing = keepSending(await visitor(server, 'ada'))
  while (writing.acknowledged() < 50) await new Promise((resolve) => setTimeout(resolve, 5))
  const before = writing.acknowledged()
  const { out, err, code } = await backup(folder, 'copy.db')
  expect(writing.acknowledged()).toBeGreaterThan(before)
  await writing.stop()
  expect({ err, code }).toEqual({ err: '', code: 0 })
  expect(out).toMatch(/copy\.db: \d+\.\d MB\n$/)
  expect(readdirSync(folder).filter((file) => file.includes('partial'))).toEqual([])

  const copy = new Sqlite(join(folder, 'copy.db'), { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  const { count, newest } = copy.prepare('select count(*) count, max(rev) newest from messages').get() as {
    count: number
    newest: number
  }
  copy.close()
  expect(count).toBeGreaterThanOrEqual(before)
  expect(newest).toBe(count)
})

test('a restored backup brings back messages, search and visitor identities', async () => {
  const folder = temporaryFolder()
  const first = await startServer(sqliteIn(folder))
  const ada = await visitor(first, 'ada')
  const kept = await ada.send('from before the fire')
  expect((await backup(folder, 'copy.db')).code).toBe(0)
  await ada.send('lost')
  await first.kill('SIGKILL')

  const house = temporaryFolder()
  for (const [from, to] of [
    ['copy.db', 'me.db'],
    ['session-secret', 'session-secret'],
  ] as const) {
    writeFileSync(join(house, to), readFileSync(join(folder, from)))
  }
  const second = await startServer(sqliteIn(house))
  const back = await connect(second, { auth: { token: ada.welcome.token ?? '' } })
  expect(back.welcome.self).toEqual(ada.welcome.self)
  expect((await back.enter()).messages).toEqual([kept])
  const found = await fetch(`${second.url}/api/chat/search?q=fire`)
  expect(((await found.json()) as { data: { messages: unknown } }).data.messages).toMatchObject([
    { id: kept.id },
  ])
})

test('a backup file is readable by its user only and contains no deleted text', async () => {
  const folder = temporaryFolder()
  const server = await startServer(sqliteIn(folder))
  const ada = await visitor(server, 'ada')
  const { id } = await ada.send('xyzzy plugh')
  await ada.ask('message:delete', { id })
  await backup(folder, 'copy.db')
  expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'copy.db')).includes('xyzzy')).toBe(false)
})

describe('backup errors', () => {
  const refused = async (folder: string, args: string[], settings?: Record<string, string>) => {
    const { out, err, code } = await runProgram('cli/backup.ts', {
      args,
      settings: { ...sqliteIn(folder), ...settings },
      cwd: folder,
    })
    expect({ out, code }).toEqual({ out: '', code: 1 })
    expect(err).not.toMatch(/\n {4}at /)
    return err.trim()
  }

  test('the backup command refuses to overwrite an existing file', async () => {
    const folder = temporaryFolder()
    new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
    writeFileSync(join(folder, 'copy.db'), 'the last good copy')
    expect(await refused(folder, ['copy.db'])).toMatch(/copy\.db is there already, and is left as it is\.$/)
    expect(readFileSync(join(folder, 'copy.db'), 'utf8')).toBe('the last good copy')
  })

  test('the backup command reports a target folder that is missing or is a file', async () => {
    const folder = temporaryFolder()
    new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
    expect(await refused(folder, ['none/copy.db'])).toMatch(/: there is no such folder$/)
    expect(await refused(folder, ['me.db/copy.db'])).toMatch(/: its folder is a file$/)
  })

  test('the backup command reports a missing database and creates none', async () => {
    const folder = temporaryFolder()
    expect(await refused(folder, ['copy.db'])).toMatch(/there is no database .*me\.db yet$/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('the backup command reports a file that is not an SQLite database', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'me.db'), 'a letter to grandmother, not a database'.repeat(40))
    expect(await refused(folder, ['copy.db'])).toMatch(/cannot read .*me\.db: file is not a database$/)
    expect(existsSync(join(folder, 'copy.db'))).toBe(false)
  })

  test('the backup command refers PostgreSQL users to pg_dump', async () => {
    const settings = { DATABASE_URL: 'postgres://me:pw@db/me', SESSION_SECRET: 'sixteen letters or more' }
    expect(await refused(temporaryFolder(), ['copy.db'], settings)).toMatch(
      /^The data is in PostgreSQL.*pg_dump/,
    )
  })

  test.each([[[]], [['one.db', 'two.db']], [['--fast', 'one.db']]])(
    'the backup command prints its usage for the arguments %j',
    async (args) => {
      expect(await refused(temporaryFolder(), args)).toContain('npm run backup -- FILE')
    },
  )
})

test('the backup command resolves its file from the directory where npm was run', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'there'))
  new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
  const settings = { ...sqliteIn(folder), INIT_CWD: join(folder, 'there') }
  await runProgram('cli/backup.ts', { args: ['copy.db'], settings, cwd: folder })
  expect(readdirSync(join(folder, 'there'))).toEqual(['copy.db'])
})

test.each([
  ['2099-01-01T00-00-00Z', 1],
  ['2026-03-01T04-00-00Z', 1],
])('a copy dated in the future, %s, stops no backups, and is neither counted nor removed', (date, keep) => {
  const folder = temporaryFolder()
  const copies = join(folder, 'copies')
  mkdirSync(copies)
  const future = `me-${date}.db`
  writeFileSync(join(copies, future), '')
  new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
  const every = 24 * 3_600_000
  const round = createBackupRound({ database: join(folder, 'me.db'), folder: copies, keep, every })
  const start = Date.parse('2026-03-01T03:00:00Z')
  expect(round(start)).toEqual({
    line: expect.stringMatching(/^me-2026-03-01T03-00-00Z\.db: .* \(1 dated in the future, left alone\)$/),
    next: every,
  })
  expect(readdirSync(copies).toSorted()).toEqual(['me-2026-03-01T03-00-00Z.db', future])
  expect(round(start + 1_000)).toEqual({ line: null, next: every - 1_000 })
})

test.each(['1h', '600h', '9999h'])('scheduled backups every %s wait for their time', async (BACKUP_EVERY) => {
  const folder = temporaryFolder()
  new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
  mkdirSync(join(folder, 'copies'))
  // Node warns of a timer that is too long, and fires it at once.
  const ending = `process.on('warning', () => process.exit(3))
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 2_000)`
  const { out, err, code } = await runProgram('cli/backup-daily.ts', {
    args: [join(folder, 'copies')],
    settings: { ...sqliteIn(folder), BACKUP_EVERY },
    flags: ['--import', `data:text/javascript,${encodeURIComponent(ending)}`],
  })
  expect({ out, err, code }).toEqual({ out: expect.stringMatching(/^me-.+MB\n$/), err: '', code: 0 })
})

test('scheduled backups remove what an interrupted copy left behind', () => {
  const folder = temporaryFolder()
  const copies = join(folder, 'copies')
  mkdirSync(copies)
  const left = 'me-2026-02-28T03-00-00Z.db.7.partial'
  for (const name of [left, `${left}-journal`, 'holiday.partial']) writeFileSync(join(copies, name), '')
  new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
  const round = createBackupRound({ database: join(folder, 'me.db'), folder: copies, keep: 2, every: 1 })
  round(Date.parse('2026-03-01T03:00:00Z'))
  expect(readdirSync(copies).toSorted()).toEqual(['holiday.partial', 'me-2026-03-01T03-00-00Z.db'])
})

test('scheduled backups run once a period, keep the newest copies and touch no other file', () => {
  const folder = temporaryFolder()
  const copies = join(folder, 'copies')
  mkdirSync(copies)
  writeFileSync(join(copies, 'holiday.jpg'), '')
  new Sqlite(join(folder, 'me.db')).exec('create table a(b)').close()
  const hour = 3_600_000
  const round = createBackupRound({
    database: join(folder, 'me.db'),
    folder: copies,
    keep: 2,
    every: 24 * hour,
  })
  const start = Date.parse('2026-03-01T03:00:00Z')
  expect(round(start).line).toMatch(/^me-2026-03-01T03-00-00Z\.db: /)
  expect(round(start + hour)).toEqual({ line: null, next: 23 * hour })
  round(start + 24 * hour)
  round(start + 48 * hour)
  expect(readdirSync(copies).toSorted()).toEqual([
    'holiday.jpg',
    'me-2026-03-02T03-00-00Z.db',
    'me-2026-03-03T03-00-00Z.db',
  ])
  rmSync(join(folder, 'me.db'))
  expect(round(start + 96 * hour)).toMatchObject({
    line: expect.stringContaining('no database'),
    next: 300_000,
  })
  expect(readdirSync(copies)).toHaveLength(3)
})
