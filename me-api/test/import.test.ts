import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { claimSqlite } from '../src/db/open-sqlite.ts'
import { isPostgres } from './support/database.ts'
import { chat, file, line } from './support/history-files.ts'
import { api } from './support/rest.ts'
import { type TestApp, closeAfterTest, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

async function texts(app: TestApp): Promise<string[]> {
  const { body } = await api(app).get('/api/chat/rooms/lobby/messages?limit=200').expect(200)
  return body.data.messages.map(({ text }: { text: string }) => text)
}

describe('chat import', () => {
  test('chat import keeps nicks and times, sorts by time, and readers of the running server get the messages with the next change', async () => {
    const app = await startApp()
    const bo = await visitor(app, 'bo')
    await bo.enter()
    const lines = [
      line('|QuaD-', 'one', 9),
      line('a nick longer than the rule allows here', '  two  ', 3),
      line('|QuaD-', 'three', 9),
    ]
    const { err, code } = await chat(app, 'import', file(app.folder, lines), '--room', 'lobby')
    expect({ err: err.trim(), code }).toEqual({
      err: '3 lines read, 3 messages added to lobby, 0 broken',
      code: 0,
    })

    const sent = await bo.send('now')
    await eventually(() =>
      expect(bo.changes).toMatchObject([{ from: 0, to: 4, messages: [{}, {}, {}, { text: 'now' }] }]),
    )
    const missed = await bo.enter(0)
    expect(missed.messages.map(({ author, text, sentAt }) => [author.nick, text, sentAt])).toEqual([
      ['a nick longer than the rule allows here', 'two', '2004-12-25T00:03:00.000Z'],
      ['|QuaD-', 'one', '2004-12-25T00:09:00.000Z'],
      ['|QuaD-', 'three', '2004-12-25T00:09:00.000Z'],
      ['bo', 'now', sent.sentAt],
    ])
    expect(missed.messages[1]?.author.id).toBe(missed.messages[2]?.author.id)
    expect(missed.messages[1]?.author.id).not.toBe(missed.messages[0]?.author.id)
  })

  test('chat import of the same file again adds nothing, and equal lines are separate messages', async () => {
    const app = await startApp()
    const lines = [line('ada', 'hi', 1), line('ada', 'hi', 1), line('ada', 'hi', 2)]
    const name = file(app.folder, lines, 'history.jsonl.gz')
    await chat(app, 'import', name, '--room', 'lobby')
    expect(await texts(app)).toEqual(['hi', 'hi', 'hi'])
    const again = await chat(app, 'import', name, '--room', 'lobby')
    expect(again.err).toContain('3 lines read, 0 messages added')
    expect(again.code).toBe(0)
    const longer = file(app.folder, [line('ada', 'hi', 2), ...lines, line('ada', 'new', 2)])
    expect((await chat(app, 'import', longer, '--room', 'lobby')).err).toContain('2 messages added')
    expect(await texts(app)).toEqual(['hi', 'hi', 'hi', 'hi', 'new'])
  })

  test('chat import sorts many lines by time over all batches, and lines of one time keep their order', async () => {
    const app = await startApp()
    const lines = Array.from({ length: 500 }, (_, n) => line('ada', `${n}`, [30, 10, 59, 0, 10][n % 5] ?? 0))
    await chat(app, 'import', file(app.folder, lines), '--room', 'lobby')
    const sorted = lines.toSorted((one, other) => one.sentAt.localeCompare(other.sentAt))
    const { out } = await chat(app, 'export', '--room', 'lobby')
    expect(out).toBe(sorted.map((one) => `${JSON.stringify(one)}\n`).join(''))
  })

  test('chat import refuses new lines older than the newest message, and stores them after it with --append', async () => {
    const app = await startApp()
    const known = [line('ada', 'one', 5), line('ada', 'two', 7)]
    await chat(app, 'import', file(app.folder, known), '--room', 'lobby')
    const name = file(app.folder, [
      ...known,
      line('bo', 'old', 6),
      line('bo', 'older', 4),
      line('bo', 'new', 8),
    ])
    const refused = await chat(app, 'import', name, '--room', 'lobby')
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/^Nothing was stored\. 2 new lines are older .*00:07.*00:04.* --append .*\n$/)
    expect(await texts(app)).toEqual(['one', 'two'])

    const appended = await chat(app, 'import', name, '--room', 'lobby', '--append')
    expect(appended).toMatchObject({ code: 0, err: '5 lines read, 3 messages added to lobby, 0 broken\n' })
    expect(await texts(app)).toEqual(['one', 'two', 'older', 'old', 'new'])
    // Known lines may be older than the newest message.
    expect((await chat(app, 'import', name, '--room', 'lobby')).code).toBe(0)
  })

  test('chat import beside what visitors said needs --append, unless the lines are newer', async () => {
    const app = await startApp()
    await (await visitor(app, 'bo')).send('now')
    const old = file(app.folder, [line('ada', 'old', 1)])
    expect((await chat(app, 'import', old, '--room', 'lobby')).code).toBe(1)
    const later = { ...line('ada', 'later', 1), sentAt: new Date(Date.now() + 1_000).toISOString() }
    expect((await chat(app, 'import', file(app.folder, [later]), '--room', 'lobby')).code).toBe(0)
    expect(await texts(app)).toEqual(['now', 'later'])
  })

  test('visitors write while two imports run', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    // As a server's process does.
    const letGo = isPostgres ? () => {} : claimSqlite(join(app.folder, 'me.db'))
    closeAfterTest(async () => letGo())
    const bo = await visitor(app, 'bo')
    const names = ['one', 'two'].map((name) => {
      const lines = Array.from({ length: 2_000 }, (_, n) => line(name, `${n} ${'words '.repeat(30)}`, n % 60))
      return file(app.folder, lines, `${name}.jsonl`)
    })
    let isDone = false
    const imports = Promise.all(names.map((name) => chat(app, 'import', name, '--room', 'lobby', '--append')))
    void imports.finally(() => (isDone = true))
    let sent = 0
    while (!isDone) await bo.send(`${sent++}`)
    for (const { code, err } of await imports) {
      expect(err).toContain('2000 messages added')
      expect(code).toBe(0)
    }
    expect(sent).toBeGreaterThan(10)
    const { body } = await api(app).get('/api/chat/rooms').expect(200)
    expect(body.data[0]).toMatchObject({ seq: 4_000 + sent })
  })

  test('chat import keeps nicks that are invalid on this site', async () => {
    const app = await startApp()
    const nicks = ['x'.repeat(600), '<b>\u202e', ' ', '\ud800 half', 'nul\0']
    const name = file(
      app.folder,
      nicks.map((nick) => line(nick, 'hi', 1)),
    )
    expect((await chat(app, 'import', name, '--room', 'lobby')).err).toContain('5 messages added to lobby, 0')
    expect((await chat(app, 'import', name, '--room', 'lobby')).err).toContain('0 messages added to lobby, 0')
    const { body } = await api(app).get('/api/chat/rooms/lobby/messages').expect(200)
    const kept = body.data.messages.map((message: { author: { nick: string } }) => message.author.nick)
    expect(kept).toEqual([...nicks.slice(0, 3), '\ufffd half', 'nul\ufffd'])
  })

  test('chat import recognises gzip by its bytes and skips a byte order mark', async () => {
    const app = await startApp()
    const text = `\ufeff${JSON.stringify(line('ada', 'hi', 1))}`
    writeFileSync(join(app.folder, 'packed'), gzipSync(text))
    writeFileSync(join(app.folder, 'plain.gz'), text)
    expect((await chat(app, 'import', 'packed', '--room', 'lobby')).err).toContain(
      '1 messages added to lobby, 0 broken',
    )
    expect((await chat(app, 'import', 'plain.gz', '--room', 'lobby')).err).toContain(
      '0 messages added to lobby, 0 broken',
    )
  })

  test('chat import reads CRLF and byte order marks', async () => {
    const app = await startApp()
    const part = `\ufeff${JSON.stringify(line('ada', 'hi', 1))}\r\n\r\n`
    writeFileSync(join(app.folder, 'windows'), `${part}${part}  \r\n`)
    expect(await chat(app, 'import', 'windows', '--room', 'lobby')).toMatchObject({
      err: '5 lines read, 2 messages added to lobby, 0 broken\n',
      code: 0,
    })
    expect(await texts(app)).toEqual(['hi', 'hi'])
  })

  test('chat import names UTF-16 in one line', async () => {
    const app = await startApp()
    const text = `${JSON.stringify(line('ada', 'hej på dig', 1))}\r\n`
    const little = (words: string) => Buffer.from(words, 'utf16le')
    const all = [`\ufeff${text}`, text, `\r\n${text}`, `\n\n${text}`].flatMap((words) => [
      little(words),
      little(words).swap16(),
      gzipSync(little(words)),
    ])
    for (const [number, bytes] of all.entries()) {
      writeFileSync(join(app.folder, `${number}`), bytes)
      const { err, code } = await chat(app, 'import', `${number}`, '--room', 'lobby', '--skip-broken')
      expect({ err, code }).toEqual({
        err: expect.stringMatching(/^\S+ is in UTF-16\. .*UTF-8.*\n$/),
        code: 1,
      })
    }
    expect(await texts(app)).toEqual([])
  })

  test('chat import names each line that is not UTF-8, and replaces nothing', async () => {
    const app = await startApp()
    const [plain, latin] = [line('ada', 'hej', 1), line('ada', 'hej på dig', 2)]
    const whole = `${JSON.stringify(plain)}\n${JSON.stringify(latin)}\n`
    const utf8 = Buffer.from(whole)
    writeFileSync(join(app.folder, 'latin'), Buffer.from(whole, 'latin1'))
    writeFileSync(join(app.folder, 'cut'), utf8.subarray(0, utf8.indexOf('å') + 1))
    for (const name of ['latin', 'cut']) {
      const { err, code } = await chat(app, 'import', name, '--room', 'lobby')
      expect(err).toMatch(/^2 lines read, 0 .* 1 broken\nline 2: not in UTF-8.*\nNothing was stored.*\n$/)
      expect(code).toBe(1)
    }
    expect(await texts(app)).toEqual([])
    writeFileSync(join(app.folder, 'right'), utf8)
    await chat(app, 'import', 'right', '--room', 'lobby')
    expect(await texts(app)).toEqual(['hej', 'hej på dig'])
  })

  test('chat import refuses text that the chat refuses', async () => {
    const app = await startApp()
    const bo = await visitor(app, 'bo')
    const empty = ['', ' \t', '\u200b', '\u3164', '\u2060\u00ad', '\u0001']
    for (const text of empty) await expect(bo.send(text)).rejects.toThrow()
    const name = file(
      app.folder,
      empty.map((text) => line('ada', text, 1)),
    )
    const { err, code } = await chat(app, 'import', name, '--room', 'lobby')
    expect(code).toBe(1)
    expect(err.match(/^line \d: text: .+$/gm)).toHaveLength(empty.length)
  })

  test('chat import stores nothing where one line of many is broken', async () => {
    const app = await startApp()
    const lines = [...Array.from({ length: 400 }, (_, n) => line('ada', `${n}`, 1)), '{"nick":"ada"}']
    const { err, code } = await chat(app, 'import', file(app.folder, lines), '--room', 'lobby')
    expect({ first: err.split('\n')[0], code }).toEqual({
      first: '401 lines read, 0 messages added to lobby, 1 broken',
      code: 1,
    })
    expect(err).toContain('line 401: ')
    expect(await texts(app)).toEqual([])
  })

  test('chat import with --skip-broken names broken lines, imports the rest and ends with 1', async () => {
    const app = await startApp()
    const broken = [
      line('ada', 'one', 1),
      '{"nick":',
      { nick: 'ada', text: 'no time' },
      { ...line('ada', 'x', 1), sentAt: 'yesterday' },
      { ...line('ada', 'x', 1), nick: '' },
      line('ada', ' ', 1),
      line('ada', 'x'.repeat(16_001), 1),
      '',
      '[]',
      line('ada', 'x'.repeat(16_000), 2),
    ]
    const { err, code } = await chat(
      app,
      'import',
      file(app.folder, broken),
      '--room',
      'lobby',
      '--skip-broken',
    )
    expect(code).toBe(1)
    expect(err).toContain('10 lines read, 2 messages added to lobby, 7 broken')
    expect(err.match(/^line \d+: .+$/gm)?.map((told) => told.split(':')[0])).toEqual(
      [2, 3, 4, 5, 6, 7, 9].map((number) => `line ${number}`),
    )
    expect(await texts(app)).toHaveLength(2)
  })

  test.each([
    [['import', 'none.jsonl', '--room', 'lobby'], /^There is no file .*none\.jsonl$/],
    [['import', 'history.jsonl', '--room', 'attic'], /^There is no room attic\.$/],
    [['import', 'cut.jsonl.gz', '--room', 'lobby'], /^Cannot read .*cut\.jsonl\.gz: /],
    [['import', 'history.jsonl'], /^npm run chat -- import/],
    [['import', 'history.jsonl', '--room', 'lobby', '--out', 'x'], /^npm run chat -- import/],
    [['import', '.', '--room', 'lobby'], /^Cannot read /],
    [['export', '--room', 'attic', '--out', 'x'], /^There is no room attic\.$/],
    [['export', '--room', 'lobby', '--out', 'none/x'], /^Cannot write .*none.x: /],
    [['export', '--room', 'lobby', '--append'], /^npm run chat -- import/],
    [['explode', '--room', 'lobby'], /^npm run chat -- import/],
  ])('`npm run chat` refuses %j in one line', async (args, words) => {
    const app = await startApp()
    file(app.folder, [line('ada', 'hi', 1)])
    writeFileSync(join(app.folder, 'cut.jsonl.gz'), gzipSync('x'.repeat(9_999)).subarray(0, 20))
    const { err, code } = await chat(app, ...args)
    expect(code).toBe(1)
    expect(err.trim().split('\n')[0]).toMatch(words)
    expect(err).not.toMatch(/\n {4}at /)
  })
})
