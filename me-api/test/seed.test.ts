import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { HistoryPage, Report, Room } from '../src/contract/index.ts'
import { openDatabase } from '../src/db/open-database.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { folderWithMember } from './support/members.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, bearer, ownerToken, signIn } from './support/rest.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const seed = async (folder: string, ...args: string[]) =>
  runProgram('cli/seed.ts', { args, settings: await databaseOf(folder) })

/** A site that was just filled, and what the command printed. */
async function seededSite() {
  const folder = temporaryFolder()
  const { out, err, code } = await seed(folder)
  expect({ err, code }).toEqual({ err: '', code: 0 })
  return { app: await startApp({ folder }), out }
}

async function get<Data>(app: TestApp, path: string): Promise<Data> {
  const { body } = await api(app).get(path).expect(200)
  return body.data as Data
}

const messagesOf = async (app: TestApp, room: string) =>
  (await get<HistoryPage>(app, `/api/chat/rooms/${room}/messages?limit=200`)).messages

describe('npm run seed', () => {
  test('`npm run seed` writes a presentation and six weekly reports in Markdown', async () => {
    const { app } = await seededSite()
    const page = await get<{ name: string; html: string; links: unknown[] }>(app, '/api')
    expect(page.name).not.toBe('Your Name')
    expect(page.html).toContain('<strong>')
    expect(page.links).not.toHaveLength(0)

    const summaries = await get<Report[]>(app, '/api/reports')
    expect(summaries.map(({ week }) => week)).toEqual([1, 2, 3, 4, 5, 6])
    const dates = summaries.map(({ createdAt }) => Date.parse(createdAt))
    expect(dates.slice(1).map((date, index) => date - dates[index]!)).toEqual(Array(5).fill(7 * 86_400_000))
    const reports = await Promise.all(
      summaries.map(({ week }) => get<Report>(app, `/api/reports/week/${week}`)),
    )
    const html = reports.map((report) => report.html).join('\n')
    for (const tag of ['h2', 'h3', 'ul', 'ol', 'table', 'blockquote', 'hr', 's', 'em'])
      expect(html).toMatch(new RegExp(`<${tag}[ >]`))
    for (const language of ['js', 'ts', 'sh', 'http']) expect(html).toContain(`language-${language}`)
    expect(html).toContain('rel="noopener noreferrer"')
  })

  test('`npm run seed` fills three rooms with a week of messages, replies, reactions, an edit and a deletion', async () => {
    const { app } = await seededSite()
    const rooms = await get<Room[]>(app, '/api/chat/rooms')
    expect(rooms).toHaveLength(3)
    const talk = (await Promise.all(rooms.map(({ name }) => messagesOf(app, name)))).flat()
    for (const { name } of rooms) {
      const sent = talk.filter(({ room }) => room === name)
      expect(sent.length).toBeGreaterThan(10)
      expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1))
      const times = sent.map(({ sentAt }) => Date.parse(sentAt))
      expect(times).toEqual(times.toSorted((one, other) => one - other))
    }
    const times = talk.map(({ sentAt }) => Date.parse(sentAt))
    expect(Math.max(...times)).toBeLessThan(Date.now())
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(6 * 86_400_000)

    const byId = new Map(talk.map((message) => [message.id, message]))
    const answers = talk.filter(({ replyTo }) => replyTo)
    expect(answers.length).toBeGreaterThan(5)
    for (const answer of answers) expect(byId.get(answer.replyTo ?? '')?.room).toBe(answer.room)
    expect(talk.some(({ editedAt }) => editedAt)).toBe(true)
    expect(talk.filter(({ deletedAt }) => deletedAt)).toMatchObject([{ text: '' }])
    const people = new Set(talk.map(({ author }) => author.id))
    expect(people.size).toBeGreaterThan(5)
    const reacting = talk.flatMap(({ reactions = {} }) => Object.values(reactions).flat())
    expect(reacting.length).toBeGreaterThan(20)
    for (const id of reacting) expect(people).toContain(id)
    expect(talk.map(({ text }) => text).join('\n')).not.toMatch(/[{}]owner/)
  })

  test('`npm run seed` creates an owner, who signs in with the printed password and owns demo messages', async () => {
    const { app, out } = await seededSite()
    const [, email = '', password = ''] = /signs in as (\S+) with the password (\S+)$/m.exec(out) ?? []
    const token = await signIn(app, { email, password })
    const { welcome } = await connect(app, { auth: { token } })
    expect(welcome.self?.role).toBe('owner')
    const own = (await messagesOf(app, 'lobby')).find(({ author }) => author.role === 'owner')
    expect(own?.author.id).toBe(welcome.self?.id)
    const ada = await visitor(app, 'ada')
    const { room, replyTo } = await ada.send({ text: 'hello, all', replyTo: own?.id })
    expect({ room, replyTo }).toEqual({ room: 'lobby', replyTo: own?.id })
  })

  test('`npm run seed` keeps an existing owner', async () => {
    const folder = temporaryFolder()
    const app = await startApp({ folder })
    await ownerToken(app)
    await app.close()
    const { out, code } = await seed(folder, '--email', 'other@example.org')
    expect(code).toBe(0)
    expect(out).toContain('with the password you know')
    expect(out).not.toContain('other@example.org')
    const again = await startApp({ folder })
    const { welcome } = await connect(again, { auth: { token: await ownerToken(again) } })
    const own = (await messagesOf(again, 'lobby')).find(({ author }) => author.role === 'owner')
    expect(own?.author).toMatchObject({ id: welcome.self?.id, nick: welcome.self?.nick })
  })
})

describe('npm run seed on a site with content', () => {
  const refused = async (folder: string, content: string) => {
    const { out, err, code } = await seed(folder)
    expect({ out, code }).toEqual({ out: '', code: 1 })
    expect(err).toBe(`The site has ${content} already. Only an empty site is filled; nothing was changed.\n`)
  }

  test('`npm run seed` refuses a site that has the demo, in one line, and leaves it unchanged', async () => {
    const { app } = await seededSite()
    const before = await messagesOf(app, 'lobby')
    await refused(app.folder, 'a presentation')
    expect(await messagesOf(app, 'lobby')).toEqual(before)
  })

  test('`npm run seed` refuses a site with a message, in one line, and leaves it unchanged', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await ada.send('hej')
    await refused(app.folder, 'messages')
    expect(await messagesOf(app, 'lobby')).toHaveLength(1)
    expect(await get(app, '/api/reports')).toEqual([])
  })

  test('`npm run seed` refuses a site with a report, in one line, and leaves it unchanged', async () => {
    const app = await startApp()
    const report = { week: 3, title: 'Three', text: 'words' }
    await api(app)
      .post('/api/reports')
      .set(bearer(await ownerToken(app)))
      .send(report)
      .expect(201)
    await refused(app.folder, 'reports')
    expect(await get(app, '/api/reports')).toHaveLength(1)
  })

  test('`npm run seed` refuses a site with a member, in one line, and leaves it unchanged', async () => {
    await refused(await folderWithMember(), 'members')
  })
})

test('a seed that fails half-way leaves the site empty', async () => {
  if (isPostgres) return
  const folder = temporaryFolder()
  const { DATABASE_URL = '' } = await databaseOf(folder)
  const db = await openDatabase({ kind: 'sqlite', path: DATABASE_URL.replace('file:', '') })
  await sql`create trigger full before insert on messages when new.seq = 20
    begin select raise(abort, 'no room left'); end`.execute(db)
  const { code, err } = await seed(folder)
  expect(code).toBe(1)
  expect(err).toContain('no room left')
  for (const table of ['messages', 'reports', 'users', 'presentation'] as const) {
    expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
  }
  await sql`drop trigger full`.execute(db)
  await db.destroy()
  expect((await seed(folder)).code).toBe(0)
})

test.each([
  [['--email', 'nobody'], 'email'],
  [['--now'], '--now'],
  [['more'], 'more'],
])('`npm run seed` refuses %j in one line', async (args, words) => {
  const { err, code } = await seed(temporaryFolder(), ...args)
  expect(code).toBe(1)
  expect(err).toContain(words)
  expect(err).not.toMatch(/\n {4}at /)
})

describe('the server that npm run dev starts', () => {
  const started = async (folder: string, args: string[]) => {
    const server = await startServer(await databaseOf(folder), { args })
    await eventually(() => expect(server.output()).toContain('Listening on'))
    await api(server as never)
      .get('/api')
      .expect(200)
    return server
  }

  test('the server started by `npm run dev` says that the database is empty, until it has content', async () => {
    const folder = temporaryFolder()
    const server = await started(folder, ['--dev'])
    await eventually(() =>
      expect(server.output()).toMatch(/^The database is empty\. To fill it with a demo: npm run seed$/m),
    )
    // The page that tells the owner what to do first is no content, and a server may run meanwhile.
    expect((await seed(folder)).code).toBe(0)
    expect(await get(server as never, '/api/reports')).toHaveLength(6)
    await server.kill('SIGTERM')
    const again = await started(folder, ['--dev'])
    await again.kill('SIGTERM')
    expect(again.output()).not.toContain('npm run seed')
  })

  test('the server started otherwise does not mention `npm run seed`', async () => {
    const server = await started(temporaryFolder(), [])
    await server.kill('SIGTERM')
    expect(server.output()).not.toContain('npm run seed')
  })
})
