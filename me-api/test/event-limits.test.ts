import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { WebSocket } from 'ws'
import { manualClock } from './support/manual-clock.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, ownerToken } from './support/rest.ts'
import { type TestApp, closeAfterTest, startApp } from './support/start-app.ts'
import { type Visitor, closedConnection, connect, eventually, visitor } from './support/visitors.ts'

const tooFast = { ok: false, error: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }
const leave = (one: Visitor) => one.emit('room:leave', { room: 'lobby' })
const times = <Result>(count: number, act: (n: number) => Result): Result[] =>
  Array.from({ length: count }, (_, n) => act(n))

/** The server's end of the only WebSocket in the chat. */
const serversEnd = ({ app }: TestApp) => {
  const [socket] = app.io.of('/chat').sockets.values()
  const { transport } = socket!.conn as unknown as { transport: { socket: { isPaused: boolean } } }
  return transport.socket
}

/** Nothing that needs the database is answered until the promise's function is called. */
async function holdDatabase({ db, kind }: TestApp): Promise<() => Promise<void>> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let held: Promise<unknown> = Promise.resolve()
  await new Promise<void>((begun) => {
    held = db.transaction().execute(async (tx) => {
      // PostgreSQL lets others read on unless the whole table is locked.
      if (kind === 'postgres') await sql`lock table rooms in access exclusive mode`.execute(tx)
      begun()
      await released
    })
  })
  const end = async () => {
    release()
    await held
  }
  closeAfterTest(end)
  return end
}

describe('LIMIT_EVENTS', () => {
  test('LIMIT_EVENTS counts the packets of one connection in a period, and spares other connections', async () => {
    const clock = manualClock()
    const app = await startApp({ clock, settings: { LIMIT_EVENTS: '20/10s' } })
    const [ada, bo] = [await visitor(app, 'Ada'), await visitor(app, 'Bo')]
    // The connect packet counts too.
    const answers = await Promise.all(times(22, () => leave(ada)))
    expect(answers.slice(0, 19)).toEqual(times(19, () => ({ ok: true, data: null })))
    expect(answers.slice(19)).toEqual(
      times(3, () => ({ ok: false, error: expect.objectContaining(tooFast.error) })),
    )
    expect(await leave(bo)).toMatchObject({ ok: true })
    clock.advance(10_000)
    expect(await leave(ada)).toMatchObject({ ok: true })
    expect(ada.notices).toEqual([])
  })

  test.each([
    ['unknown', ['nonsense', {}]],
    ['malformed', ['room:leave', 7]],
  ])('LIMIT_EVENTS counts an event that is %s', async (_, event) => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const reader = await connect(app)
    const answers = await Promise.all(times(20, () => reader.emit(event[0] as string, event[1])))
    expect(answers.at(0)).toMatchObject({ error: { code: 'INVALID' } })
    expect(answers.at(-1)).toMatchObject(tooFast)
  })

  test('a client that keeps exceeding LIMIT_EVENTS gets SLOW_DOWN and its transport is closed', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const ada = await visitor(app, 'Ada')
    const gone = ada.disconnected()
    times(60, () => ada.socket.emit('room:leave', { room: 'lobby' }, () => {}))
    expect(await gone).toBe('transport close')
    expect(ada.notices).toEqual([
      { code: 'SLOW_DOWN', message: expect.any(String), retryAfter: expect.any(Number) },
    ])
  })

  test('a polling client that keeps exceeding LIMIT_EVENTS gets SLOW_DOWN and is disconnected', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const ada = await connect(app, { auth: { nick: 'Ada' }, transports: ['polling'] })
    const gone = ada.disconnected()
    times(60, () => ada.socket.emit('room:leave', { room: 'lobby' }, () => {}))
    await gone
    expect(ada.notices).toMatchObject([{ code: 'SLOW_DOWN' }])
  })

  test.each([
    ['events', { event: 'room:leave', data: { room: 'lobby' } }],
    ['malformed frames', 'nonsense'],
  ])('a plain WebSocket that keeps exceeding LIMIT_EVENTS with %s is closed with 4429', async (_, frame) => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const plain = plainSocket(app)
    await plain.welcome()
    times(60, () => plain.say(frame))
    expect(await plain.closed).toEqual({ code: 4429, reason: 'RATE_LIMITED' })
    expect(plain.heard('notice')).toMatchObject([{ code: 'SLOW_DOWN', retryAfter: expect.any(Number) }])
  })

  test('LIMIT_EVENTS counts WebSocket pings', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const plain = plainSocket(app)
    await plain.welcome()
    let pongs = 0
    plain.ws.on('pong', () => pongs++)
    times(60, () => plain.ws.ping())
    expect(await plain.closed).toMatchObject({ code: 4429 })
    // The connect packet counted too.
    expect(pongs).toBe(19)
  })

  test('LIMIT_EVENTS counts unsolicited pongs, and a message with too many frames is closed with 1008', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const [one, other] = [plainSocket(app), plainSocket(app)]
    await Promise.all([one.welcome(), other.welcome()])
    times(60, () => one.ws.pong())
    expect(await one.closed).toMatchObject({ code: 4429 })
    times(100, () => other.ws.send('', { fin: false }))
    expect(await other.closed).toMatchObject({ code: 1008 })
  })

  test('LIMIT_EVENTS spares the owner, and `off` lifts it', async () => {
    const app = await startApp({ settings: { LIMIT_EVENTS: '20/10s' } })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    for (const answer of await Promise.all(times(60, () => leave(owner)))) expect(answer.ok).toBe(true)
    const free = await startApp({ settings: { LIMIT_EVENTS: 'off' } })
    const ada = await visitor(free, 'Ada')
    for (const answer of await Promise.all(times(60, () => leave(ada)))) expect(answer.ok).toBe(true)
  })
})

describe('connections with unanswered events', () => {
  const frame = (n: number) => ({ event: 'room:enter', data: { room: 'lobby', after: n }, ack: n })

  test('a connection with many unanswered events is paused, keeps its order and resumes', async () => {
    const app = await startApp()
    const plain = plainSocket(app)
    await plain.welcome()
    const order: unknown[] = []
    const [socket] = app.app.io.of('/chat').sockets.values()
    socket!.onAny((_, { after }: { after: number }) => order.push(after))
    const release = await holdDatabase(app)
    times(500, (n) => plain.say(frame(n)))
    await eventually(() => expect(serversEnd(app).isPaused).toBe(true))
    await release()
    await eventually(() => expect(plain.frames.filter(({ ack }) => ack !== undefined)).toHaveLength(500))
    expect(order).toEqual(times(500, (n) => n))
    expect(serversEnd(app).isPaused).toBe(false)
  })

  test('a paused plain WebSocket is not closed for missing pongs', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const plain = plainSocket(app)
    await plain.welcome()
    const release = await holdDatabase(app)
    times(50, (n) => plain.say(frame(n)))
    await eventually(() => expect(serversEnd(app).isPaused).toBe(true))
    clock.advance(40_000)
    await release()
    await eventually(() => expect(plain.frames.filter(({ ack }) => ack !== undefined)).toHaveLength(50))
  })

  test('a paused Socket.IO connection is not closed for missing pongs', async () => {
    const app = await startApp()
    const { opts } = app.app.io.engine as unknown as { opts: { pingInterval: number; pingTimeout: number } }
    Object.assign(opts, { pingInterval: 30, pingTimeout: 1_000 })
    const ada = await visitor(app, 'Ada')
    opts.pingTimeout = 30
    const release = await holdDatabase(app)
    const answers = times(50, () => ada.emit('room:enter', { room: 'lobby', after: null }))
    await eventually(() => expect(serversEnd(app).isPaused).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 200))
    opts.pingTimeout = 1_000
    await release()
    for (const answer of await Promise.all(answers)) expect(answer.ok).toBe(true)
  })

  test('a polling connection with many unanswered events has its next body wait', async () => {
    const app = await startApp()
    const bo = await visitor(app, 'Bo')
    const sid = await openPolling(app)
    await post(app, sid, '40/chat,{"reader":true}')
    await eventually(() => expect(app.app.io.of('/chat').sockets.size).toBe(2))
    const release = await holdDatabase(app)
    const body = times(30, (n) => `42/chat,${n}["room:enter",{"room":"lobby","after":null}]`).join('\x1e')
    await post(app, sid, body)
    let isTaken = false
    const next = post(app, sid, '42/chat,30["room:leave",{"room":"lobby"}]').then(() => (isTaken = true))
    for (const _ of times(10, () => 0)) await bo.emit('nonsense', {})
    expect(isTaken).toBe(false)
    await release()
    await next
  })
})

test('a polling body of a thousand events is handled a few at a time, with other connections in between', async () => {
  const app = await startApp()
  const bo = await visitor(app, 'Bo')
  const sid = await openPolling(app)
  await post(app, sid, '40/chat,{"reader":true}')
  await eventually(() => expect(app.app.io.of('/chat').sockets.size).toBe(2))
  let heard = 0
  for (const socket of app.app.io.of('/chat').sockets.values())
    socket.onAny((name) => name === 'flood' && heard++)
  await post(app, sid, times(1_000, () => '42/chat,["flood"]').join('\x1e'))
  await bo.emit('room:leave', { room: 'lobby' })
  expect(heard).toBeLessThan(900)
  await eventually(() => expect(heard).toBe(1_000))
})

describe('one chat connection per transport', () => {
  test('a transport that asks for two thousand chat connections in one polling body gets at most one', async () => {
    const app = await startApp()
    let most = 0
    app.app.io
      .of('/chat')
      .on('connection', () => (most = Math.max(most, app.app.io.of('/chat').sockets.size)))
    const sid = await openPolling(app)
    const release = await holdDatabase(app)
    await post(app, sid, times(2_000, (n) => `40/chat,{"nick":"n${n}"}`).join('\x1e'))
    for (const _ of times(20, () => 0)) await api(app).get('/healthz').expect(200)
    await release()
    await eventually(() => expect(Object.keys(clientsOf(app))).toEqual([]))
    expect(most).toBeLessThanOrEqual(1)
  })

  test('a transport can connect to the chat again after a refusal or after leaving', async () => {
    const app = await startApp()
    await visitor(app, 'Ada')
    const sid = await openPolling(app)
    await post(app, sid, '40/chat,{"nick":"Ada"}')
    expect(await poll(app, sid)).toContain('NICK_TAKEN')
    await post(app, sid, '40/chat,{"nick":"Bo"}')
    expect(await poll(app, sid)).toContain('40/chat')
    await post(app, sid, '41/chat,')
    await post(app, sid, '40/chat,{"nick":"Cy"}')
    await eventually(async () => expect(await poll(app, sid)).toContain('"nick":"Cy"'))
  })
})

test('transports that never join the chat count towards LIMIT_CONNECTIONS, and far beyond it none opens', async () => {
  const app = await startApp({ settings: { LIMIT_CONNECTIONS: '2' } })
  for (const _ of times(2, () => 0)) await openPolling(app)
  await closedConnection(app, { auth: { nick: 'Ada' } })
  await eventually(async () => expect(Object.keys(clientsOf(app))).toHaveLength(2))
  for (const _ of times(4, () => 0)) await openPolling(app)
  await api(app).get('/socket.io/?EIO=4&transport=polling').expect(400)
  // Neither query names an open connection.
  await api(app).get('/socket.io/?EIO=4&transport=polling&sid=').expect(400)
  await api(app).get('/socket.io/?EIO=4&transport=polling&xsid=1').expect(400)
})

test('a WebSocket that repeats its upgrade probe is closed, and its client keeps polling', async () => {
  const app = await startApp()
  const sid = await openPolling(app)
  const probe = new WebSocket(`${app.url.replace('http', 'ws')}${query(sid).replace('polling', 'websocket')}`)
  let answers = 0
  probe.on('message', () => answers++)
  await once(probe, 'open')
  for (const _ of times(1_000, () => 0)) probe.send('2probe')
  await once(probe, 'close')
  // The second is answered before it is counted.
  expect(answers).toBeLessThanOrEqual(2)
  await post(app, sid, '40/chat,')
  await eventually(async () => expect(await poll(app, sid)).toContain('40/chat'))
})

const clientsOf = ({ app }: TestApp) => (app.io.engine as unknown as { clients: object }).clients

const query = (sid?: string) => `/socket.io/?EIO=4&transport=polling${sid ? `&sid=${sid}` : ''}`

async function openPolling(app: TestApp): Promise<string> {
  const { text } = await api(app).get(query()).expect(200)
  return (JSON.parse(text.slice(1)) as { sid: string }).sid
}

const poll = async (app: TestApp, sid: string): Promise<string> =>
  (await api(app).get(query(sid)).expect(200)).text

const post = async (app: TestApp, sid: string, body: string): Promise<void> => {
  await api(app).post(query(sid)).set('Content-Type', 'text/plain').send(body).expect(200)
}
