import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { dial, statuses } from './support/raw-connection.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

const post = ['POST /api/login HTTP/1.1', 'Host: a', 'Content-Type: application/json']

describe('request smuggling', () => {
  const smuggled = ['GET /healthz HTTP/1.1', 'Host: a', '', '']
  test.each([
    [
      'Content-Length and Transfer-Encoding',
      ['Content-Length: 4', 'Transfer-Encoding: chunked', '', '0', ''],
    ],
    ['two Content-Length headers', ['Content-Length: 0', 'Content-Length: 30', '', '']],
    ['a length with a sign', ['Content-Length: +30', '', '']],
    ['an unknown transfer encoding', ['Transfer-Encoding: xchunked', '', '0', '']],
    ['chunked followed by another encoding', ['Transfer-Encoding: chunked, identity', '', '0', '']],
    ['a space before the colon', ['Transfer-Encoding : chunked', '', '0', '']],
    ['a folded header line', ['X-A: b', ' Transfer-Encoding: chunked', '', '0', '']],
    ['a bare line feed', ['X-A: b\nTransfer-Encoding: chunked', '', '0', '']],
    ['an invalid chunk length', ['Transfer-Encoding: chunked', '', '0x1e', 'a', '0', '']],
  ])('the server answers 400 to an ambiguous request and closes its connection: %s', async (_, lines) => {
    const app = await startApp()
    const line = dial(app)
    line.write(...post, ...lines, ...smuggled)
    expect(statuses(await line.closed)).toEqual([400])
  })

  test('the server answers 400 to a request without Host and closes its connection', async () => {
    const app = await startApp()
    const nameless = dial(app)
    nameless.write('GET /healthz HTTP/1.1', '', '')
    expect(statuses(await nameless.closed)).toEqual([400])
  })
})

describe('pipelined requests', () => {
  const ask = ['GET /healthz HTTP/1.1', 'Host: a', '', '']
  const many = (count: number) => ask.join('\r\n').repeat(count)
  const answers = (said: string) => said.split('HTTP/1.1 200 OK').length - 1

  test('the server answers a hundred pipelined requests', async () => {
    const app = await startApp()
    const line = dial(app)
    line.write(many(99) + ['GET /healthz HTTP/1.1', 'Host: a', 'Connection: close', '', ''].join('\r\n'))
    expect(answers(await line.closed)).toBe(100)
  })

  test('the server cuts a connection off that pipelines a thousand requests, and answers others', async () => {
    const app = await startApp()
    const line = dial(app)
    line.write(many(1_000))
    expect(answers(await line.closed)).toBeLessThanOrEqual(100)
    await api(app).get('/healthz').expect(200)
  })

  test('the server handles pipelined requests one after the other', async () => {
    const app = await startApp()
    const { token } = (await visitor(app, 'ada')).welcome
    const line = dial(app)
    const say = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 14`
    line.write('POST /api/chat/rooms/lobby/messages HTTP/1.1', 'Host: a', say, '', '{"text":"hej"}')
    line.write('GET /api/chat/rooms/lobby/messages HTTP/1.1', 'Host: a', 'Connection: close', '', '')
    expect(await line.closed).toMatch(/"messages":\[{.*"text":"hej"/)
  })

  // Only Linux lists a process's open files.
  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('the server closes its open files when a pipelining client leaves', async () => {
    const app = await startApp()
    const file = join(app.folder, 'site/assets/large-abc123.js')
    writeFileSync(file, 'x'.repeat(8_000_000))
    const line = dial(app)
    line.socket.pause()
    line.write(['GET /assets/large-abc123.js HTTP/1.1', 'Host: a', '', ''].join('\r\n').repeat(10))
    await eventually(() => expect(timesOpen(file)).toBeGreaterThan(0))
    line.reset()
    await eventually(() => expect(timesOpen(file)).toBe(0))
  })

  function timesOpen(file: string): number {
    const fds = readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`)
    // The folder's own is closed by now.
    return fds.filter((fd) => existsSync(fd) && statSync(fd).ino === statSync(file).ino).length
  }
})

describe('slow clients', () => {
  test('the server answers 408 to slow headers, then to a slow body, and keeps serving long polls', async () => {
    const app = await startApp()
    const { body } = await api(app).get('/api/chat/rooms/lobby/changes').expect(200)
    const after = (body as { data: { to: number } }).data.to
    const news = api(app).get('/api/chat/rooms/lobby/changes').query({ after, wait: 30 }).then()

    const ada = await visitor(app, 'ada')
    const slowBody = dial(app)
    slowBody.write(...post, 'Content-Length: 90', '', '{')
    const slowHead = dial(app)
    slowHead.write('GET / HTTP/1.1', 'Host: a', 'X-Slow: ')
    const ended: string[] = []
    await Promise.all([
      slowHead.closed.then((said) => ended.push(`head ${statuses(said)}`)),
      slowBody.closed.then((said) => ended.push(`body ${statuses(said)}`)),
    ])
    expect(ended).toEqual(['head 408', 'body 408'])

    await ada.send('still here')
    expect((await news).body).toMatchObject({ data: { messages: [{ text: 'still here' }] } })
  })

  test('the server’s time-out for a slow reader is longer than a long poll', async () => {
    const app = await startApp()
    expect(app.app.server.timeout).toBeGreaterThan(30_000)
  })
})

describe('line injection', () => {
  test('text sent by a client cannot forge a line of the log', async () => {
    const logLines: string[] = []
    const app = await startApp({ logLines })
    const forged = encodeURIComponent('\r\n{"level":50,"msg":"forged"}\r\n\u001b[31m')
    await api(app).get(`/api/${forged}`).set({ 'user-agent': 'a "level":50' })
    await api(app).get(`/${forged}`).set({ 'x-forwarded-for': '"}\t{' })
    const own = logLines.filter((line) => line.includes('forged'))
    expect(own.length).toBeGreaterThan(0)
    for (const line of logLines) {
      for (const character of '\r\n\u001b') expect(line.trimEnd()).not.toContain(character)
      expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' })
    }
  })

  test('text sent by a client cannot forge a header of an answer', async () => {
    const app = await startApp()
    const token = bearer(await ownerToken(app))
    const forged = 'x\r\nSet-Cookie: a=b'
    const answers = [
      await api(app).get(`/${encodeURIComponent(forged)}`),
      await api(app).get(`/api/chat/rooms/${encodeURIComponent(forged)}/messages`),
      await api(app).get('/').set({ origin: 'https://evil.example', 'x-request-id': 'mine' }),
      await api(app).post('/api/chat/rooms').set(token).send({ name: forged, title: forged }),
    ]
    for (const { headers } of answers) {
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

test.each([
  '/../me.db',
  '/..%2fme.db',
  '/..%5cme.db',
  '/%2e%2e/me.db',
  '/%2e%2e%2fme.db',
  '/....//me.db',
  '/assets/..%2f..%2fme.db',
  '/assets/%2e%2e/%2e%2e/me.db',
  '/assets/..%00/me.db',
  '//etc/passwd',
  '/.env',
  '/.git/config',
  '/api/docs/..%2fpackage.json',
  '/api/docs/package.json',
  '/api/docs/index.html',
])('only the site’s own files can be reached by %s', async (path) => {
  const app = await startApp()
  mkdirSync(join(app.folder, 'site/.git'))
  for (const file of ['site/.env', 'site/.git/config']) writeFileSync(join(app.folder, file), 'a secret')
  const line = dial(app)
  // Sent as written: a library would normalise the path.
  line.write(`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close', '', '')
  expect(await line.closed).not.toMatch(/a secret|SQLite format|root:|swagger-ui-dist|petstore/)
})

test('names such as __proto__ and toString are harmless in queries, paths, bodies and events', async () => {
  const app = await startApp()
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    await api(app)
      .get(`/api/chat/rooms/${name}/messages`)
      .expect(name === '__proto__' || /[A-Z]/.test(name) ? 400 : 404)
    await api(app).get(`/api?${name}[polluted]=yes&${name}.polluted=yes`).expect(200)
    const nested = `{"nick":"ada","${name}":{"polluted":"yes","prototype":{"polluted":"yes"}}}`
    await api(app).post('/api/chat/visitors').type('json').send(nested)
  }
  const ada = await visitor(app, 'bo')
  const { id } = await ada.send('hej')
  for (const emoji of ['__proto__', 'constructor']) await ada.emit('message:react', { id, emoji, on: true })
  expect(await ada.emit('toString', {})).toMatchObject({ ok: false, error: { code: 'INVALID' } })
  expect(({} as { polluted?: string }).polluted).toBeUndefined()
})
