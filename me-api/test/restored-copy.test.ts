import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import pg from 'pg'
import type { Change, Room } from '../src/contract/index.ts'
import { createBackupRound } from '../src/db/backup-round.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { runProgram, startServer } from './support/program.ts'
import { temporaryFolder } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

type Server = Awaited<ReturnType<typeof startServer>>
type Settings = Record<string, string>

const start = (settings: Settings) =>
  startServer({ ...settings, LIMIT_MESSAGES: 'off', LIMIT_CONNECTIONS: 'off' })

async function say(server: Server, nick: string, count: number): Promise<void> {
  const speaker = await visitor(server, nick)
  for (let number = 1; number <= count; number++) await speaker.send(`${nick} ${number}`)
  speaker.socket.disconnect()
}

const read = async <Data>({ url }: Server, path: string): Promise<Data> =>
  ((await (await fetch(url + path)).json()) as { data: Data }).data

const lobby = async (server: Server): Promise<Room> => (await read<Room[]>(server, '/api/chat/rooms'))[0]!

/** What a reader with this cursor gets, by the name of the transport. */
async function catchUp(server: Server, after: number): Promise<Record<string, Change | undefined>> {
  const changes = '/api/chat/rooms/lobby/changes'
  const plain = plainSocket(server)
  await plain.welcome()
  const answer = await plain.ask<Change>('room:enter', { room: 'lobby', after })
  const streamed = async (query: string, headers?: Record<string, string>) => {
    const stream = await openStream(server as never, query, headers)
    return eventually(() => {
      expect(stream.events).not.toEqual([])
      return stream.events[0]?.data
    })
  }
  return {
    'Socket.IO': await (await connect(server, { auth: { reader: true } })).enter(after),
    'Socket.IO by polling': await (
      await connect(server, { auth: { reader: true }, transports: ['polling'] })
    ).enter(after),
    WebSocket: answer.ok ? answer.data : undefined,
    'Last-Event-ID': await streamed('', { 'Last-Event-ID': String(after) }),
    'stream?after': await streamed(`?after=${after}`),
    changes: await read<Change>(server, `${changes}?after=${after}`),
    'long poll': await read<Change>(server, `${changes}?after=${after}&wait=30`),
  }
}

async function expectReset(server: Server, cursors: number[]): Promise<void> {
  for (const after of cursors)
    for (const [transport, change] of Object.entries(await catchUp(server, after)))
      expect({ after, transport, reset: change?.reset }).toEqual({ after, transport, reset: true })
}

async function expectNoReset(server: Server, after: number, texts: string[]): Promise<void> {
  for (const [transport, change] of Object.entries(await catchUp(server, after))) {
    const { reset = false, messages = [] } = change ?? {}
    expect({ transport, reset, texts: messages.map(({ text }) => text) }).toEqual({
      transport,
      reset: false,
      texts,
    })
  }
}

const onSqlite = isPostgres ? describe.skip : describe

onSqlite('a copy that `npm run backup` made', () => {
  const inFolder = (folder: string) => ({ DATABASE_URL: `file:${join(folder, 'me.db')}` })

  /** A folder with a copy of a room at change 10; the room itself went on to 15. */
  async function copied(): Promise<string> {
    const folder = temporaryFolder()
    const server = await start(inFolder(folder))
    await say(server, 'ada', 10)
    const made = await runProgram('cli/backup.ts', {
      args: ['copy.db'],
      settings: inFolder(folder),
      cwd: folder,
    })
    expect(made).toMatchObject({ code: 0, err: '' })
    await say(server, 'lost', 5)
    await server.kill('SIGKILL')
    return folder
  }

  function restore(from: string, copy = 'copy.db'): Settings {
    const folder = temporaryFolder()
    copyFileSync(join(from, copy), join(folder, 'me.db'))
    return inFolder(folder)
  }

  test('makes every reader with an older cursor start over, on every transport', async () => {
    const server = await start(restore(await copied()))
    await eventually(() => expect(server.output()).toContain('restored copy'))
    await say(server, 'bo', 8)
    await expectReset(server, [15, 10, 12, 18, 1, 0])
    const { messages } = await read<Change>(server, '/api/chat/rooms/lobby/changes?after=15')
    expect(messages.map(({ text, seq }) => [seq, text]).slice(8, 12)).toEqual([
      [9, 'ada 9'],
      [10, 'ada 10'],
      [11, 'bo 1'],
      [12, 'bo 2'],
    ])
  })

  test('gives its readers cursors that hold, also after the next start', async () => {
    const settings = restore(await copied())
    const server = await start(settings)
    await say(server, 'bo', 1)
    const { rev, seq } = await lobby(server)
    expect([rev > 2 ** 32, Number.isSafeInteger(rev + 2 ** 32), seq]).toEqual([true, true, 11])
    await server.kill('SIGTERM')
    const again = await start(settings)
    expect(again.output()).not.toContain('restored copy')
    expect(await lobby(again)).toMatchObject({ rev })
    await say(again, 'cy', 2)
    await expectNoReset(again, rev, ['cy 1', 'cy 2'])
  })

  test('restored a second time, or copied again and restored, makes the readers of the first time start over', async () => {
    const folder = await copied()
    const settings = restore(folder)
    const first = await start(settings)
    await say(first, 'bo', 3)
    const backup = { args: ['next.db'], settings, cwd: folder }
    expect(await runProgram('cli/backup.ts', backup)).toMatchObject({ code: 0 })
    const { rev } = await lobby(first)
    await first.kill('SIGKILL')
    for (const copy of ['copy.db', 'next.db']) {
      const second = await start(restore(folder, copy))
      await say(second, 'cy', 5)
      expect((await lobby(second)).rev).toBeGreaterThan(rev)
      await expectReset(second, [rev, rev - 1, rev + 1, 12])
      await second.kill('SIGKILL')
    }
  })

  test('stays a copy when a command has read it', async () => {
    const folder = await copied()
    const settings = restore(folder)
    const exported = await runProgram('cli/chat.ts', { args: ['export', '--room', 'lobby'], settings })
    expect(exported.out.split('\n')).toHaveLength(11)
    const server = await start(settings)
    await expectReset(server, [10])
  })

  test('is one as well when the service `backup` made it', async () => {
    const folder = await copied()
    mkdirSync(join(folder, 'copies'))
    const parts = {
      database: join(folder, 'me.db'),
      folder: join(folder, 'copies'),
      keep: 2,
      every: 3_600_000,
    }
    createBackupRound(parts)(Date.now())
    const [name = ''] = readdirSync(join(folder, 'copies'))
    await expectReset(await start(restore(join(folder, 'copies'), name)), [15, 3])
  })
})

describe('a database restored otherwise', () => {
  /** A copy of the database as it is on disk, which nothing marks. */
  async function copyOf(settings: Settings): Promise<Settings> {
    const folder = temporaryFolder()
    const copy = await databaseOf(folder)
    if (!isPostgres) {
      copyFileSync(settings['DATABASE_URL']!.replace('file:', ''), join(folder, 'me.db'))
      return copy
    }
    const [from, to] = [settings, copy].map(({ DATABASE_URL = '' }) =>
      new URL(DATABASE_URL).pathname.slice(1),
    )
    const client = new pg.Client(process.env['TEST_POSTGRES_URL'])
    await client.connect()
    await client.query(`drop database ${to}`)
    await client.query(`create database ${to} template ${from}`)
    await client.end()
    return copy
  }

  test('`npm run restored` makes every reader with an older cursor start over, each time', async () => {
    const settings = await databaseOf(temporaryFolder())
    const before = await start(settings)
    await say(before, 'ada', 10)
    expect(await before.kill('SIGTERM')).toBe(0)
    const copy = await copyOf(settings)
    const lost = await start(settings)
    await say(lost, 'lost', 5)

    let older = 15
    for (let time = 1; time <= 2; time++) {
      expect(await runProgram('cli/restored.ts', { settings: copy })).toEqual({
        out: 'Every reader starts over.\n',
        err: '',
        code: 0,
      })
      const server = await start(copy)
      await say(server, `bo ${time}`, 8)
      await expectReset(server, [older, 10, 1])
      const { rev } = await lobby(server)
      expect([rev > older + 2 ** 32, Number.isSafeInteger(rev)]).toEqual([true, true])
      older = rev
      await server.kill('SIGTERM')
    }
  })

  test('`npm run restored` refuses what it does not know', async () => {
    expect(await runProgram('cli/restored.ts', { args: ['copy.db'] })).toMatchObject({
      code: 1,
      err: expect.stringContaining('npm run restored'),
    })
  })
})
