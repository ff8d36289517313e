import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pg from 'pg'
import { isUnavailable, openDatabase } from '../src/db/open-database.ts'
import { manualClock } from './support/manual-clock.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, bearer, ownerAccount, ownerToken, refusal, signIn } from './support/rest.ts'
import { databaseBehindProxy } from './support/database-proxy.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { eventually, visitor } from './support/visitors.ts'

describe('an unreachable database', () => {
  test('writes are refused with UNAVAILABLE while the database is unreachable, and succeed once it is back', async () => {
    if (!isPostgres) return
    const { settings, goAway, comeBack } = await databaseBehindProxy(temporaryFolder())
    const logLines: string[] = []
    const app = await startApp({ settings: { ...settings, LOG_LEVEL: 'info' }, logLines })
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    await ada.send('before')
    goAway()
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'meanwhile' }
    expect(await ada.emit('message:send', draft)).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    for (let time = 0; time < 20; time++) await api(app).get('/api/reports').expect(503)
    const faults = logLines.filter((line) => JSON.parse(line).level >= 50)
    expect(faults.length).toBeLessThan(4)
    expect(faults[0]).toMatch(/ECONN|Connection terminated/)
    await api(app).get('/readyz').expect(503)
    expect(bo.seen()).toHaveLength(1)
    comeBack()
    const sent = await ada.send(draft)
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
  })
})

test('a connection that was lost before a query, and a closed database, count as unavailable', async () => {
  if (!isPostgres) return
  const { DATABASE_URL = '' } = await databaseOf(temporaryFolder())
  const client = new pg.Client(DATABASE_URL)
  client.on('error', () => {})
  await client.connect()
  const reason = () => client.query('select 1').catch((error: unknown) => error)
  expect(
    isUnavailable(await client.query('select pg_terminate_backend(pg_backend_pid())').catch((e) => e)),
  ).toBe(true)
  expect(isUnavailable(await reason())).toBe(true)
  await client.end()
  expect(isUnavailable(await reason())).toBe(true)
  const db = await openDatabase({ kind: 'postgres', url: DATABASE_URL })
  await db.destroy()
  expect(isUnavailable(await sql`select 1`.execute(db).catch((error: unknown) => error))).toBe(true)
})

test('the server stops in order, with exit code 0, although the database never answers', async () => {
  if (!isPostgres) return
  const { settings, way } = await databaseBehindProxy(temporaryFolder())
  const server = await startServer(settings)
  const [ada, plain] = [await visitor(server, 'ada'), plainSocket(server)]
  await plain.welcome()
  way.freeze()
  ada.socket.emit('message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'hej' }, () => {})
  expect(await server.kill('SIGTERM')).toBe(0)
  expect(await plain.closed).toEqual({ code: 1012, reason: 'RESTARTING' })
})

test.each(['SQL_ASCII', 'LATIN1'])(
  'a PostgreSQL database in %s is refused before anything is made in it',
  async (encoding) => {
    if (!isPostgres) return
    const { DATABASE_URL = '' } = await databaseOf(temporaryFolder())
    const client = new pg.Client(DATABASE_URL)
    await client.connect()
    const name = `${client.database}_${encoding.toLowerCase()}`
    await client.query(`create database ${name} encoding '${encoding}' locale 'C' template template0`)
    await client.end()
    const address = new URL(DATABASE_URL)
    address.pathname = `/${name}`
    const { code, out, err } = await runProgram('main.ts', {
      settings: {
        PORT: '0',
        DATABASE_URL: address.href,
        SESSION_SECRET: 'a secret for tests that is long enough',
      },
    })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      new RegExp(`^DATABASE_URL: cannot use PostgreSQL at .*: its encoding is ${encoding}, .+\n$`),
    )
    const own = new pg.Client(address.href)
    await own.connect()
    expect((await own.query("select from pg_tables where schemaname = 'public'")).rowCount).toBe(0)
    await own.end()
  },
)

describe('a stop while the database fails', () => {
  test('every client is told when to reconnect, and the failure is logged', async () => {
    const logLines: string[] = []
    const app = await startApp({ logLines })
    const ada = plainSocket(app, '?nick=ada')
    await ada.welcome()
    const stream = await openStream(app)
    await sql`alter table visitors rename to former_visitors`.execute(app.db)
    await app.close()
    expect(await ada.closed).toEqual({ code: 1012, reason: 'RESTARTING' })
    await eventually(() => expect(stream.lines).toEqual([expect.stringMatching(/^retry: /)]))
    expect(logLines.join()).toContain('not everything could be stored before the stop')
  })
})

describe('a full disk', () => {
  const settings = { OWNER_EMAIL: ownerAccount.email, OWNER_PASSWORD: ownerAccount.password }
  const fullDisk = ['--import', join(import.meta.dirname, 'support/full-disk.mjs')]

  /** A folder with a database that is as new as this version. */
  async function folderWithDatabase(): Promise<string> {
    const folder = temporaryFolder()
    await (await openDatabase({ kind: 'sqlite', path: join(folder, 'me.db') })).destroy()
    return folder
  }

  test('every write is answered 503, the log names the disk, and the server stops in order', async () => {
    if (isPostgres) return
    const server = await startServer(
      { ...(await databaseOf(temporaryFolder())), ...settings, LOG_LEVEL: 'error' },
      { flags: fullDisk },
    )
    const app = server as never
    const token = await signIn(app, ownerAccount)
    const asOwner = (method: 'post' | 'put' | 'patch' | 'delete', path: string, body: object = {}) =>
      api(app)[method](`/api${path}`).set(bearer(token)).send(body)
    for (const name of ['tea', 'coffee'])
      await asOwner('post', '/chat/rooms', { name, title: name }).expect(201)
    const [ada, plain] = [await visitor(server, 'ada'), plainSocket(server)]
    await plain.welcome()
    await ada.send({ room: 'tea', text: 'with sugar' })
    process.kill(server.pid, 'SIGUSR2')
    await eventually(() => asOwner('delete', '/chat/rooms/coffee').expect(503))
    for (const [method, path, body] of [
      ['delete', '/chat/rooms/tea', {}],
      ['patch', '/chat/rooms/tea', { title: 'Tea' }],
      ['post', '/chat/rooms', { name: 'milk', title: 'Milk' }],
      ['put', '', { name: 'Me', headline: 'Hej', text: 'hej', links: [] }],
      ['post', '/reports', { week: 1, title: 'One', text: 'hej' }],
      ['post', '/login', ownerAccount],
      ['post', '/chat/visitors', { nick: 'bo' }],
      ['post', '/lesson/say', { count: 20 }],
      ['post', '/chat/moderation', { id: ada.welcome.self?.id, action: 'mute' }],
    ] as const)
      expect([path, (await asOwner(method, path, body)).body]).toEqual([path, refusal(503, 'UNAVAILABLE')])
    expect(
      await ada.emit('message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'hej' }),
    ).toMatchObject({
      error: { code: 'UNAVAILABLE' },
    })
    await api(app)
      .delete('/api/me/words')
      .set(bearer(ada.welcome.token ?? ''))
      .expect(503)
    expect(await server.kill('SIGTERM')).toBe(0)
    expect(await plain.closed).toEqual({ code: 1012, reason: 'RESTARTING' })
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    const faults = lines.map((line) => JSON.parse(line) as { err?: { message: string } })
    expect(new Set(faults.map(({ err }) => err?.message))).toEqual(new Set(['database or disk is full']))
  })

  test.each([
    ['cli/owner.ts', ['--email', 'me@example.org'], 'a long password'],
    ['cli/seed.ts', [], ''],
    ['cli/chat.ts', ['import', 'history.jsonl', '--room', 'lobby'], ''],
    ['main.ts', [], ''],
  ])('%s %j ends with 1 and one line', async (file, args, input) => {
    if (isPostgres) return
    const folder = await folderWithDatabase()
    writeFileSync(
      join(folder, 'history.jsonl'),
      '{"nick":"ada","text":"hej","sentAt":"2024-01-01T00:00:00Z"}\n',
    )
    const { code, err } = await runProgram(file, {
      args,
      input,
      cwd: folder,
      settings: { ...(await databaseOf(folder)), ...settings, PORT: '0', FULL_DISK: 'start' },
      flags: fullDisk,
    })
    expect({ code, err }).toEqual({
      code: 1,
      err: `DATABASE_URL: cannot use ${join(folder, 'me.db')}: the disk is full\n`,
    })
  })

  test('sends are refused with UNAVAILABLE on a full disk, readers see only stored messages, and sending resumes with space', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    if (app.kind !== 'sqlite') return
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(app.db)
    await sql.raw(`pragma max_page_count = ${rows[0]!.page_count}`).execute(app.db)
    const texts: string[] = []
    let refused: unknown
    while (!refused && texts.length < 200) {
      const answer = await ada.emit('message:send', {
        room: 'lobby',
        id: crypto.randomUUID(),
        text: 'x'.repeat(3_000),
      })
      if (answer.ok) texts.push('x')
      else refused = answer.error
    }
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', retryAfter: expect.any(Number) })
    await eventually(() => expect(bo.seen()).toHaveLength(texts.length))
    await sql.raw('pragma max_page_count = 1000000').execute(app.db)
    const sent = await ada.send('room again')
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
    expect(sent.seq).toBe(texts.length + 1)
  })

  test('REST writes answer 503 on a full disk', async () => {
    const app = await startApp()
    if (app.kind !== 'sqlite') return
    const [token, ada] = [await ownerToken(app), await visitor(app, 'ada')]
    await sql.raw('pragma max_page_count = 1').execute(app.db)
    let status = 204
    for (let left = 100; status === 204 && left > 0; left--) {
      const order = { id: ada.welcome.self?.id, action: 'mute', reason: 'x'.repeat(200) }
      ;({ status } = await api(app).post('/api/chat/moderation').set(bearer(token)).send(order))
    }
    expect(status).toBe(503)
  })
})

test('the text of a deleted message leaves the database files within a minute', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  if (app.kind !== 'sqlite') return
  const ada = await visitor(app, 'ada')
  const words = 'xylophonist quagmire'
  const { id } = await ada.send(words)
  await ada.send({ text: 'kept', replyTo: id })
  const isInFiles = () =>
    readdirSync(app.folder)
      .filter((name) => name.startsWith('me.db'))
      .some((name) => /xylophonist|quagmire/.test(readFileSync(join(app.folder, name), 'latin1')))
  expect(isInFiles()).toBe(true)
  await ada.ask('message:delete', { id })
  clock.advance(60_000)
  await eventually(() => expect(isInFiles()).toBe(false))
})
