import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, memberToken, ownerAccount, memberAccount } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

type Line = { level: number; msg: string } & Record<string, unknown>

/** What the owner of a site reads with LOG_LEVEL=debug. */
async function startTalkative(settings: Record<string, string> = {}) {
  const logLines: string[] = []
  const app = await startApp({ settings: { LOG_LEVEL: 'debug', TRUST_PROXY: '1', ...settings }, logLines })
  const lines = (msg: string) =>
    logLines.map((line) => JSON.parse(line) as Line).filter((line) => line.level === 20 && line.msg === msg)
  return { app, lines, logLines }
}

const address = '203.0.113.77'
const from = { 'x-forwarded-for': address }

/** Somebody of each transport, who has read the lobby and left again. */
async function everyTransport(app: Awaited<ReturnType<typeof startApp>>) {
  for (const transport of ['websocket', 'polling'] as const) {
    const ada = await connect(app, {
      auth: { nick: `quince ${transport}` },
      headers: from,
      transports: [transport],
    })
    await ada.enter(0)
    ada.socket.disconnect()
  }
  const plain = plainSocket(app, '?nick=plainly', from)
  await plain.welcome()
  plain.ws.close()
  const stream = await openStream(app, '?after=0', from)
  stream.close()
  await api(app).get('/api/chat/rooms/lobby/changes?after=0&wait=1').set(from).expect(200)
}

describe('LOG_LEVEL=debug', () => {
  test('LOG_LEVEL=debug logs each connection with its transport, and its closing', async () => {
    const { app, lines } = await startTalkative()
    await everyTransport(app)
    const transports = ['websocket', 'polling', 'plain-websocket', 'sse', 'long-poll']
    await eventually(() => expect(lines('connection closed')).toHaveLength(transports.length))
    const [opened, closed] = [lines('connection opened'), lines('connection closed')]
    expect(opened.map(({ transport }) => transport)).toEqual(transports)
    expect(new Set(opened.map(({ connection }) => connection))).toEqual(
      new Set(closed.map(({ connection }) => connection)),
    )
    // The same for the same address, as in the lines of requests.
    expect(new Set(opened.map(({ client }) => client)).size).toBe(1)
    expect(opened[0]?.['client']).toMatch(/^[\w-]{12}$/)
  })

  test('LOG_LEVEL=debug logs commits with their count and duration, and catch-ups with their room and range', async () => {
    const { app, lines } = await startTalkative()
    const ada = await visitor(app, 'ada')
    await ada.send('one')
    await ada.send('two')
    await eventually(() => expect(lines('commit')).toHaveLength(2))
    expect(lines('commit')[0]).toMatchObject({ count: 1, milliseconds: expect.any(Number) })
    await ada.enter(1)
    expect(lines('catch-up').at(-1)).toMatchObject({ room: 'lobby', from: 1, to: 2, count: 1, reset: false })
  })

  test.each([
    ['LIMIT_MESSAGES', '1/1h'],
    ['LIMIT_ADDRESS_MESSAGES', '1/1h'],
    ['LIMIT_EVENTS', '2/1h'],
  ])('LOG_LEVEL=debug logs that an event exceeded %s', async (limit, setting) => {
    const { app, lines } = await startTalkative({ [limit]: setting })
    const ada = await connect(app, { auth: { nick: 'ada' }, headers: from })
    for (let number = 0; number < 2; number++) await ada.emit('message:send', draft(`${number}`))
    await eventually(() => expect(lines('limit hit')[0]).toMatchObject({ limit, code: 'RATE_LIMITED' }))
  })

  test.each([
    ['LIMIT_REQUESTS', '1/1h'],
    ['LIMIT_JOINS', '1/1h'],
    ['LIMIT_CONNECTIONS', '1'],
    ['LIMIT_LOGINS', '1/1h'],
  ])('LOG_LEVEL=debug logs that a request exceeded %s', async (limit, setting) => {
    const { app, lines } = await startTalkative({ [limit]: setting, PROOF_OF_WORK: 'off' })
    const stream = await openStream(app, '', from)
    for (let number = 0; number < 2; number++) {
      await api(app)
        .post('/api/chat/visitors')
        .set(from)
        .send({ nick: `ada ${number}` })
      await api(app).post('/api/login').set(from).send(ownerAccount)
      await api(app).get('/api/chat/rooms/lobby/changes?wait=1').set(from)
    }
    stream.close()
    expect(lines('limit hit')[0]).toMatchObject({ limit, code: 'RATE_LIMITED' })
  })

  test('LOG_LEVEL=debug logs no text, nick, e-mail, password, token or address', async () => {
    const { app, lines, logLines } = await startTalkative({ LIMIT_MESSAGES: '3/1h', LIMIT_EVENTS: '20/1h' })
    await everyTransport(app)
    const secrets = ['wintergreen', 'hollyhock', 'marigold', 'a <b>bold</b> word', 'hyacinth', 'foxglove']
    const [words, edited, nick, reported, search, reason] = secrets as [string, ...string[]]
    const token = await memberToken(app)
    const ada = await connect(app, { auth: { nick: nick!, tab: 'a tab of mine' }, headers: from })
    await ada.enter(0)
    const sent = await ada.send(words!)
    await ada.emit('message:edit', { id: sent.id, text: edited })
    await ada.emit('message:react', { id: sent.id, emoji: '🎈', on: true })
    for (let number = 0; number < 25; number++) await ada.emit('message:send', draft(reported!))
    await ada.emit('nick:set', { nick: `${nick} 2` })
    const member = await connect(app, { auth: { token }, headers: from })
    await member.emit('message:send', draft(words!))
    await api(app).get(`/api/chat/search?q=${search}`).set(from)
    await api(app)
      .post('/api/chat/moderation')
      .set({ ...bearer(token), ...from })
      .send({ action: 'mute', personId: sent.author.id, reason })
    await api(app)
      .post('/api/login')
      .set(from)
      .send({ email: 'nobody@example.org', password: 'a wrong password' })
    await api(app).post('/api/chat/visitors').set(from).send({ nick })
    ada.socket.disconnect()
    await eventually(() => expect(lines('connection closed').length).toBeGreaterThan(5))

    // So that the silence below means something.
    for (const msg of ['connection opened', 'commit', 'catch-up', 'limit hit']) {
      expect(lines(msg)).not.toHaveLength(0)
    }
    const log = logLines.join('')
    const personal = [
      ...secrets,
      ...['quince', 'plainly', 'a tab of mine', '🎈'],
      ...[memberAccount.email, memberAccount.password, ownerAccount.email, ownerAccount.password],
      ...['nobody@example.org', 'a wrong password', token, ada.welcome.token!, address, '127.0.0.1'],
      ...[ada.welcome.self!.id, member.welcome.self!.id],
    ]
    for (const word of personal) expect(log).not.toContain(word)
  })

  test('LOG_LEVEL=info logs no connections, commits or catch-ups', async () => {
    const { app, logLines } = await startTalkative({ LOG_LEVEL: 'info' })
    await everyTransport(app)
    expect(logLines.join('')).not.toMatch(/connection opened|commit|catch-up/)
  })
})

const draft = (text: string) => ({ room: 'lobby', id: randomUUID(), text })
