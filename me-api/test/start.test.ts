import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { openDatabase } from '../src/db/open-database.ts'
import { isClaimed } from '../src/db/open-sqlite.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, signIn } from './support/rest.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const inFolder = (folder: string) => ({ DATABASE_URL: `file:${join(folder, 'me.db')}` })

/** A folder in which nothing can be created; the superuser may write everywhere but where the kernel refuses. */
function shutFolder(): string {
  if (process.getuid?.() === 0) return '/sys/me'
  const folder = join(temporaryFolder(), 'shut')
  mkdirSync(folder, { mode: 0o500 })
  return folder
}

describe('failing starts', () => {
  const failing = async (settings: Record<string, string>) => {
    const { code, err } = await runProgram('main.ts', { settings })
    expect(err).not.toMatch(/\n {4}at /)
    return { code, lines: err.trim().split('\n') }
  }

  test('the server exits with 1 and a line for each invalid setting', async () => {
    const { code, lines } = await failing({ PORT: 'x', LOG_LEVEL: 'loud' })
    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/^PORT: /), expect.stringMatching(/^LOG_LEVEL: /)])
  })

  test('the server exits with 1 and one line for a file that is not an SQLite database', async () => {
    const file = join(temporaryFolder(), 'me.db')
    writeFileSync(file, 'a letter to grandmother, not a database'.repeat(40))
    expect(await failing({ DATABASE_URL: `file:${file}` })).toEqual({
      code: 1,
      lines: [`DATABASE_URL: cannot open ${file}: it is not an SQLite database`],
    })
    expect(readFileSync(file, 'utf8')).toMatch(/^a letter/)
  })

  test('the server exits with 1 and one line when the database’s folder is a file', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const { code, lines } = await failing({ DATABASE_URL: `file:${file}/me.db` })
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^DATABASE_URL: cannot open .*: its folder is a file$/)],
    })
  })

  test('the server exits with 1 and one line when the database cannot be written', async () => {
    const { code, lines } = await failing(inFolder(shutFolder()))
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/it cannot be written$/)] })
  })

  test('the server exits with 1 and one line for a database of a newer version', async () => {
    const folder = temporaryFolder()
    const db = await openDatabase({ kind: 'sqlite', path: join(folder, 'me.db') })
    await db
      .insertInto('kysely_migration' as never)
      .values({ name: '9999_future', timestamp: '2030' } as never)
      .execute()
    await db.destroy()
    const { code, lines } = await failing(inFolder(folder))
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/written by a newer version/)] })
  })

  test('the server exits with 1 and one line when its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    closeAfterTest(async () => void other.close())
    const { port } = other.address() as { port: number }
    expect(await failing({ PORT: String(port), ...inFolder(temporaryFolder()) })).toEqual({
      code: 1,
      lines: [`PORT: cannot listen on 127.0.0.1:${port}: another program has that port`],
    })
  })
})

describe('a file .env', () => {
  const text = 'PORT=x\nLOG_LEVEL=loud # å\nSITE_URL=no\n'
  const errors = async (bytes: Buffer) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, '.env'), bytes)
    const { code, err } = await runProgram('main.ts', { cwd })
    return {
      code,
      err: err
        .trim()
        .split('\n')
        .map((line) => line.replace(/: (must|save|not).*/, '')),
    }
  }

  test.each([
    ['UTF-8', text],
    ['UTF-8 with a byte order mark', `\ufeff${text}`],
    ['UTF-8 with a byte order mark and Windows’ line ends', `\ufeff${text}`.replaceAll('\n', '\r\n')],
    ['UTF-8 with line ends of a carriage return alone', text.replaceAll('\n', '\r')],
    [
      'UTF-8 that was put together of files with byte order marks',
      `\ufeff${text}`.replaceAll('\n', '\n\ufeff'),
    ],
  ])('in %s is read from its first setting on', async (_, content) => {
    expect(await errors(Buffer.from(content))).toEqual({ code: 1, err: ['PORT', 'SITE_URL', 'LOG_LEVEL'] })
  })

  test.each([
    ['.env is in UTF-16', 'UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['.env is in UTF-16', 'UTF-16 without a byte order mark', Buffer.from(text, 'utf16le')],
    [
      '.env is in UTF-16',
      'UTF-16 with the high byte first',
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ],
    ['.env is not in UTF-8', 'Latin-1', Buffer.from(text, 'latin1')],
  ])('stops the start with "%s" in %s', async (line, _, bytes) => {
    expect(await errors(bytes)).toEqual({ code: 1, err: [line] })
  })
})

test('the start prints the address, and how to create an owner when there is none', async () => {
  const server = await startServer(inFolder(temporaryFolder()))
  await eventually(() => expect(server.output()).toContain('npm run owner'))
  expect(server.output().trim().split('\n')).toHaveLength(2)
  expect(await server.kill('SIGTERM')).toBe(0)
})

test('the start prints the address of SITE_URL and the port', async () => {
  const server = await startServer({ ...inFolder(temporaryFolder()), SITE_URL: 'http://example.org' })
  expect(server.output()).toMatch(/^Listening on http:\/\/example\.org on port \d+ \(version .+\)\n/)
  expect(server.output()).not.toContain('localhost')
})

test('the owner is created from the settings once', async () => {
  const folder = temporaryFolder()
  const owner = { OWNER_EMAIL: 'Me@Example.org', OWNER_PASSWORD: 'the first password' }
  const server = await startServer({ ...inFolder(folder), ...owner })
  const account = { email: 'me@example.org', password: 'the first password' }
  await signIn(server as never, account)
  expect(server.output()).not.toContain('npm run owner')
  await server.kill('SIGTERM')
  const again = await startServer({ ...inFolder(folder), ...owner, OWNER_PASSWORD: 'another password' })
  await signIn(again as never, account)
})

test('commands that find an SQLite database not yet migrated, and start at once, migrate it once', async () => {
  const folder = temporaryFolder()
  const columns = 'name varchar(255) not null primary key, timestamp varchar(255) not null'
  new Sqlite(join(folder, 'me.db')).exec(`create table kysely_migration(${columns})`).close()
  const args = ['export', '--room', 'lobby']
  const runs = await Promise.all(
    [1, 2, 3, 4].map(() => runProgram('cli/chat.ts', { args, settings: inFolder(folder) })),
  )
  expect(runs).toEqual(Array(4).fill({ code: 0, out: '', err: '0 messages of lobby exported\n' }))
})

describe('a second server on the same SQLite file', () => {
  test('it is refused in one line until the first has ended, even by kill -9, while commands run beside the first', async () => {
    const folder = temporaryFolder()
    const first = await startServer(inFolder(folder))
    symlinkSync(join(folder, 'me.db'), join(folder, 'link.db'))
    for (const file of ['me.db', 'link.db']) {
      const path = join(folder, file)
      const { code, err } = await runProgram('main.ts', {
        settings: { DATABASE_URL: `file:${path}`, PORT: '0' },
      })
      expect({ code, err }).toEqual({
        code: 1,
        err: `DATABASE_URL: another server runs with ${path} already\n`,
      })
    }
    await (await visitor(first, 'ada')).send('hi')

    const command = (file: string, ...args: string[]) =>
      runProgram(file, { args, settings: inFolder(folder), cwd: folder, input: 'a long password' })
    expect(await command('cli/owner.ts', '--email', 'me@example.org')).toMatchObject({ code: 0, err: '' })
    expect(await command('cli/backup.ts', 'copy.db')).toMatchObject({ code: 0, err: '' })
    expect((await command('cli/chat.ts', 'export', '--room', 'lobby')).out).toContain('"hi"')

    expect(isClaimed(join(folder, 'me.db'))).toBe(true)
    await first.kill('SIGKILL')
    expect(isClaimed(join(folder, 'me.db'))).toBe(false)
    const second = await startServer(inFolder(folder))
    expect(await second.kill('SIGTERM')).toBe(0)
    await startServer(inFolder(folder))
  })

  test('a database in memory is each server’s own, and leaves no file', async () => {
    const folder = temporaryFolder()
    const settings = { DATABASE_URL: 'file::memory:', SESSION_SECRET: 'a secret for tests' }
    const servers = await Promise.all([1, 2].map(() => startServer(settings, { cwd: folder })))
    await Promise.all(servers.map(async (server) => (await visitor(server, 'ada')).send('hi')))
    expect(readdirSync(folder)).toEqual([])
  })
})

test('the session secret is created once, readable by its user only', async () => {
  const folder = temporaryFolder()
  const server = await startServer(inFolder(folder))
  const { token } = (await visitor(server, 'ada')).welcome
  await server.kill('SIGTERM')
  expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600)
  const again = await startServer(inFolder(folder))
  expect((await connect(again, { auth: { token: token ?? '' } })).welcome.self?.nick).toBe('ada')
})

test('an acknowledged message survives an immediate kill -9', async () => {
  const folder = temporaryFolder()
  let cursor = 0
  for (let round = 1; round <= 3; round++) {
    const server = await startServer({ ...inFolder(folder), LIMIT_MESSAGES: 'off' })
    const ada = await visitor(server, `ada ${round}`)
    const sent = await Promise.all(Array.from({ length: 20 }, (_, n) => ada.send(`${round}: ${n}`)))
    await server.kill('SIGKILL')
    const restarted = await startServer(inFolder(folder))
    const reader = await connect(restarted)
    const missed = await reader.enter(cursor)
    expect(missed.messages).toEqual(sent)
    cursor = missed.to
    await restarted.kill('SIGKILL')
  }
})

test('messages under way are stored before the server stops', async () => {
  const folder = temporaryFolder()
  const server = await startServer({ ...inFolder(folder), LIMIT_MESSAGES: 'off' })
  const ada = await visitor(server, 'ada')
  const sending = Promise.allSettled(Array.from({ length: 50 }, (_, n) => ada.send(`${n}`)))
  await ada.send('last')
  expect(await server.kill('SIGTERM')).toBe(0)
  const acknowledged = (await sending).filter(({ status }) => status === 'fulfilled')
  const restarted = await startServer(inFolder(folder))
  const { body } = await api(restarted as never)
    .get('/api/chat/rooms/lobby/messages?limit=200')
    .expect(200)
  expect(acknowledged).toHaveLength(50)
  expect(body.data.messages).toHaveLength(51)
})
