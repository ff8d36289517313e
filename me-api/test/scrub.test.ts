import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import pg from 'pg'
import { databaseOf, isPostgres } from './support/database.ts'
import { manualClock } from './support/manual-clock.ts'
import { ownerAndAda } from './support/moderation.ts'
import { startServer } from './support/program.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import { type TestApp, closeAfterTest, startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const MINUTE = 60_000

/** Whether a word stands in SQLite's files. */
const isInFiles = (folder: string, word: string): boolean =>
  readdirSync(folder)
    .filter((name) => name.startsWith('me.db'))
    .some((name) => readFileSync(join(folder, name), 'latin1').includes(word))

const due = (app: TestApp) => app.db.selectFrom('overwritten').select('table_name').execute()

/** Reads the database as it is now, until `end`: what hinders an emptying of SQLite's log, and a vacuum. */
async function openReader(folder: string): Promise<{ end: () => Promise<void> }> {
  if (!isPostgres) {
    const reader = new Sqlite(join(folder, 'me.db'), { readonly: true })
    reader.exec('begin')
    reader.prepare('select count(*) from messages').get()
    closeAfterTest(async () => void reader.close())
    return { end: async () => void reader.exec('commit') }
  }
  const { DATABASE_URL } = await databaseOf(folder)
  const client = new pg.Client(DATABASE_URL)
  await client.connect()
  closeAfterTest(() => client.end())
  await client.query('begin isolation level repeatable read')
  await client.query('select count(*) from messages')
  return { end: async () => void (await client.query('commit')) }
}

/** The bytes of a table's file, as PostgreSQL has them on disk. */
async function bytesOf(folder: string, table: string): Promise<string> {
  const client = new pg.Client((await databaseOf(folder))['DATABASE_URL'])
  await client.connect()
  await client.query('checkpoint')
  const { rows } = await client.query('select pg_read_binary_file(pg_relation_filepath($1)) as bytes', [
    table,
  ])
  await client.end()
  return (rows[0] as { bytes: Buffer }).bytes.toString('latin1')
}

async function isStored(folder: string, table: string, word: string): Promise<boolean> {
  return isPostgres ? (await bytesOf(folder, table)).includes(word) : isInFiles(folder, word)
}

describe('removing overwritten data from the database files', () => {
  const deeds: [string, string, string, (app: TestApp, word: string) => Promise<unknown>][] = [
    ['the former text of an edited message', 'messages', 'xylophonist', edit],
    ['the text of a deleted message', 'messages', 'xylophonist', remove],
    ['the text of an erased author', 'messages', 'xylophonist', erase],
    ['the text of a removed room', 'messages', 'xylophonist', removeRoom],
    ["a visitor's former nick", 'visitors', 'xylophonist', rename],
    ["an account's former nick", 'users', 'Ada', renameAccount],
    ["an account's former password", 'users', '$argon2id$v=19$m=', changePassword],
    ['a former presentation', 'presentation', 'xylophonist', present],
    ['a deleted report', 'reports', 'xylophonist', removeReport],
  ]

  test.each(deeds)('the database files lose %s within a minute', async (_, table, word, deed) => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: { LIMIT_MESSAGES: 'off' } })
    await eventually(async () => expect(await due(app)).toEqual([]))
    const former = (await deed(app, word)) as string | undefined
    expect(await due(app)).toContainEqual({ table_name: table })
    expect(await isStored(app.folder, table, former ?? word)).toBe(true)
    await passMinute(app, clock)
    expect(await isStored(app.folder, table, former ?? word)).toBe(false)
    expect(await due(app)).toEqual([])
  })

  async function edit(app: TestApp, word: string) {
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send(word)
    await ada.ask('message:edit', { id, text: 'other words' })
  }

  async function remove(app: TestApp, word: string) {
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send(word)
    await ada.ask('message:delete', { id })
  }

  async function erase(app: TestApp, word: string) {
    const { ada, order } = await ownerAndAda(app)
    await ada.send(word)
    await order('erase')
  }

  async function removeRoom(app: TestApp, word: string) {
    const token = await ownerToken(app)
    await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'tea', title: 'Tea' }).expect(201)
    const ada = await visitor(app, 'ada')
    await ada.send({ room: 'tea', text: word })
    await api(app).delete('/api/chat/rooms/tea').set(bearer(token)).expect(204)
  }

  async function rename(app: TestApp, word: string) {
    const ada = await visitor(app, word)
    await ada.setNick('ada')
  }

  async function renameAccount(app: TestApp) {
    const ada = await connect(app, { auth: { token: await memberToken(app) } })
    await ada.setNick('somebody else')
    return memberAccount.nick
  }

  async function changePassword(app: TestApp) {
    const token = await memberToken(app)
    const { password_hash } = await app.db
      .selectFrom('users')
      .select('password_hash')
      .where('role', '=', 'member')
      .executeTakeFirstOrThrow()
    await api(app)
      .post('/api/me/password')
      .set(bearer(token))
      .send({ current: memberAccount.password, next: 'another lovely engine' })
      .expect(204)
    return password_hash
  }

  async function present(app: TestApp, word: string) {
    const token = await ownerToken(app)
    for (const name of [word, 'Ada'])
      await api(app)
        .put('/api')
        .set(bearer(token))
        .send({ name, headline: 'hej', text: 'hej', links: [] })
        .expect(200)
  }

  async function removeReport(app: TestApp, word: string) {
    const token = await ownerToken(app)
    await api(app)
      .post('/api/reports')
      .set(bearer(token))
      .send({ week: 1, title: 'a', text: word })
      .expect(201)
    await api(app).delete('/api/reports/week/1').set(bearer(token)).expect(204)
  }
})

test('an open database reader delays scrubbing until the reader ends', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const ada = await visitor(app, 'ada')
  const { id } = await ada.send('xylophonist')
  const reader = await openReader(app.folder)
  await ada.ask('message:edit', { id, text: 'other words' })
  for (let seconds = 0; seconds < 90; seconds += 10) {
    clock.advance(10_000)
    await settled(app)
  }
  expect(await due(app)).toContainEqual({ table_name: 'messages' })
  expect(await isStored(app.folder, 'messages', 'xylophonist')).toBe(true)
  await reader.end()
  await passMinute(app, clock)
  expect(await isStored(app.folder, 'messages', 'xylophonist')).toBe(false)
  expect(await due(app)).toEqual([])
})

test('the log warns once about a database reader that blocks scrubbing for over a minute', async () => {
  const clock = manualClock()
  const logLines: string[] = []
  const app = await startApp({ clock, logLines })
  const ada = await visitor(app, 'ada')
  const { id } = await ada.send('xylophonist')
  await openReader(app.folder)
  await ada.ask('message:edit', { id, text: 'other words' })
  const told = () => logLines.filter((line) => line.includes('still in the database files'))
  for (let seconds = 0; seconds < 50; seconds += 10) {
    clock.advance(10_000)
    await settled(app)
  }
  expect(told()).toHaveLength(0)
  for (let seconds = 0; seconds < 120; seconds += 10) {
    clock.advance(10_000)
    await settled(app)
  }
  expect(told()).toHaveLength(1)
})

test('messages are stored without delay while scrubbing waits for a database reader', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const ada = await visitor(app, 'ada')
  const { id } = await ada.send('xylophonist')
  const reader = await openReader(app.folder)
  await ada.ask('message:edit', { id, text: 'other words' })
  clock.advance(MINUTE)
  await ada.send('on we talk')
  // Another program's writes are waited for as before.
  if (!isPostgres) {
    const timeout = await sql`pragma busy_timeout`.execute(app.db)
    expect(timeout.rows).toEqual([{ timeout: 1_000 }])
  }
  await reader.end()
  await passMinute(app, clock)
  expect(await due(app)).toEqual([])
})

test.each(['message:edit', 'message:delete'])(
  'the next start after kill -9 scrubs what %s left in the files',
  async (event) => {
    const folder = temporaryFolder()
    const settings = await databaseOf(folder)
    const server = await startServer(settings)
    const ada = await visitor(server, 'ada')
    const { id } = await ada.send('xylophonist')
    await ada.ask(event, { id, ...(event === 'message:edit' && { text: 'other words' }) })
    await server.kill('SIGKILL')
    expect(await isStored(folder, 'messages', 'xylophonist')).toBe(true)
    const again = await startServer(settings)
    await eventually(
      async () => expect(await isStored(folder, 'messages', 'xylophonist')).toBe(false),
      15_000,
    )
    await again.kill('SIGKILL')
  },
)

test('text overwritten by another program is scrubbed too', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const ada = await visitor(app, 'ada')
  const { id } = await ada.send('xylophonist')
  await app.db.updateTable('messages').set({ text: 'other words' }).where('id', '=', id).execute()
  await passMinute(app, clock)
  expect(await isStored(app.folder, 'messages', 'xylophonist')).toBe(false)
})

/**
 * A minute in which each look comes to its end. One that something else disturbs, such as PostgreSQL's own looking after
 * its databases, is made again within it.
 */
async function passMinute(app: TestApp, clock: ReturnType<typeof manualClock>): Promise<void> {
  for (let passed = 0; passed < MINUTE; passed += 10_000) {
    clock.advance(10_000)
    await eventually(async () => expect(await due(app)).toEqual([]), 2_000).catch(() => {})
  }
}

/** Waits until what the last look began has come to its end. */
async function settled(app: TestApp): Promise<void> {
  for (let turns = 0; turns < 5; turns++) {
    await app.db.selectFrom('overwritten').select('key').execute()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
