import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { conversationOf } from '../src/contract/index.ts'
import { browser } from './support/browser.ts'
import { conversation, ownerAndAda } from './support/conversations.ts'
import { runProgram } from './support/program.ts'
import { databaseOf } from './support/database.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { openEvents, openStream } from './support/stream.ts'
import { api, bearer, memberToken } from './support/rest.ts'
import { type TestApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

/** Somebody else, who knows the name of the conversation and the id of a message in it; `token` is null for nobody. */
type Stranger = { name: string; token: string | null; cookie: string }
type Known = { room: string; id: string }

/** Asks over HTTP, and returns all of the answer that depends on what is there. */
async function http(app: TestApp, { token, cookie }: Stranger, method: string, path: string, body?: unknown) {
  const isForm = body instanceof URLSearchParams
  const answer = await fetch(app.url + path, {
    method,
    redirect: 'manual',
    headers: {
      cookie,
      ...(token && !isForm && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  })
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
  return { path, status: answer.status, headers, text: await answer.text() }
}

/** Every way in over HTTP that takes the room or the message. */
const requests = ({ room, id }: Known): [method: string, path: string, body?: unknown][] => [
  ['GET', '/api/chat/rooms'],
  ['GET', `/api/chat/rooms/${room}/messages`],
  ['GET', `/api/chat/rooms/${room}/messages?before=9`],
  ['GET', `/api/chat/rooms/${room}/messages?at=2004-12-25`],
  ['GET', `/api/chat/rooms/${room}/changes`],
  ['GET', `/api/chat/rooms/${room}/changes?after=0`],
  ['GET', `/api/chat/rooms/${room}/changes?after=0&wait=1`],
  ['GET', `/api/chat/rooms/${room}/stream?after=0`],
  ['GET', `/api/chat/rooms/${room}`],
  ['POST', `/api/chat/rooms/${room}/messages`, { id, text: 'let me in' }],
  ['POST', `/api/chat/rooms/${room}/messages`, { id: randomUUID(), text: 'let me in', replyTo: id }],
  ['POST', '/api/chat/rooms/lobby/messages', { id: randomUUID(), text: 'answering', replyTo: id }],
  ['POST', '/api/chat/rooms', { name: room, title: 'Mine' }],
  ['PATCH', `/api/chat/rooms/${room}`, { title: 'Mine' }],
  ['DELETE', `/api/chat/rooms/${room}`],
  ['GET', `/api/chat/messages/${id}`],
  ['DELETE', `/api/chat/messages/${id}`],
  ['POST', `/api/chat/messages/${id}/restore`, {}],
  ['POST', `/api/chat/messages/${id}/report`, {}],
  ['DELETE', `/api/chat/messages/${id}/report`],
  ['GET', `/api/chat/search?q=treasure&room=${room}`],
  ['GET', '/api/chat/search?q=treasure'],
  ['GET', '/api/chat/about?path=/'],
  ['GET', `/api/chat/about?path=/&before=${id}`],
  ['GET', '/api/chat/conversations'],
  ['GET', '/api/me/words'],
  ['GET', '/api/chat/presence'],
  ['GET', '/api/chat/moderation'],
  ['GET', `/chat/${room}`],
  ['GET', `/chat/${room}?write`],
  ['GET', `/chat/${room}/1`],
  ['GET', '/chat'],
  ['POST', `/chat/${room}`, new URLSearchParams({ nick: 'eve', text: 'let me in', nonce: '1' })],
  ['GET', '/sitemap.xml'],
  ['GET', '/feed.xml'],
  ['GET', '/robots.txt'],
]

/** Every event that takes the room or the message. */
const events = ({ room, id }: Known): [event: string, data: unknown][] => [
  ['room:enter', { room, after: null }],
  ['room:enter', { room, after: 0 }],
  ['room:leave', { room }],
  ['message:send', { room, id, text: 'let me in' }],
  ['message:send', { room, id: randomUUID(), text: 'let me in', replyTo: id }],
  ['message:send', { room: 'lobby', id: randomUUID(), text: 'answering', replyTo: id }],
  ['message:edit', { id, text: 'it is gone' }],
  ['message:delete', { id }],
  ['message:restore', { id }],
  ['message:react', { id, emoji: '👋', on: true }],
  ['typing:set', { room, on: true }],
  ['conversation:open', { with: id }],
]

/** Asks in every way, as a stranger, over each transport. */
async function everyAnswer(app: TestApp, stranger: Stranger, known: Known): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const [method, path, body] of requests(known))
    answers.push(await http(app, stranger, method, path, body))
  const auth = stranger.token ? { token: stranger.token } : {}
  const socket = await connect(app, { auth })
  const plain = plainSocket(app, stranger.token ? `?token=${stranger.token}` : '')
  answers.push(socket.welcome.rooms, (await plain.welcome()).rooms)
  for (const [event, data] of events(known))
    answers.push([event, data, await socket.emit(event, data), await plain.ask(event, data)].map(withoutNew))
  socket.socket.disconnect()
  plain.ws.terminate()
  return answers
}

/** Ids that a question has only once are no difference. */
const withoutNew = (one: unknown): unknown =>
  typeof one === 'object' ? JSON.stringify(one, (key, value: unknown) => (key === 'id' ? '' : value)) : one

const joinedAt = (one: Visitor): number =>
  one.presence
    .flatMap(({ joined }) => joined)
    .filter(({ id }) => !one.welcome.people.some((known) => known.id === id)).length

async function setUp() {
  const people = await ownerAndAda({ settings: { LIMIT_LOGINS: 'off', LIMIT_JOINS: 'off' } })
  const { app, ada } = people
  const mallory = await visitor(app, 'mallory')
  const member = await memberToken(app, { email: 'bo@example.org', password: 'a lovely engine', nick: 'Bo' })
  const bo = await connect(app, { auth: { token: member } })
  // Who is here is the same from now on.
  await eventually(() => expect(new Set(bo.welcome.people.map(({ id }) => id)).size + joinedAt(bo)).toBe(4))
  const cookie = 'me_tab=abcdefghijklmnopqrstuvwx'
  const strangers: Stranger[] = [
    { name: 'nobody', token: null, cookie },
    {
      name: 'a visitor',
      token: mallory.welcome.token!,
      cookie: `${cookie}; me_visitor=${mallory.welcome.token!}`,
    },
    { name: 'a member', token: member, cookie: `${cookie}; me_session=${member}` },
  ]
  const known = { room: conversationOf(ada.self.id)!, id: randomUUID() }
  return { ...people, mallory, strangers, known }
}

async function fill(
  { app, ada, owner }: Awaited<ReturnType<typeof setUp>>,
  { room, id }: Known,
): Promise<void> {
  expect(await conversation(app, ada.token)).toMatchObject({ name: room })
  await owner.enter(null, room)
  await ada.enter(null, room)
  await ada.send({ room, id, text: 'the treasure is in the garden', about: { path: '/' } })
  await owner.send({ room, text: 'which treasure?', replyTo: id })
}

describe('a private conversation does not exist for anybody else', () => {
  test('every answer to a visitor, a member and nobody is, byte for byte, the one from before it began', async () => {
    const house = await setUp()
    const { app, strangers, known, ada, owner } = house
    const before: Record<string, unknown[]> = {}
    for (const one of strangers) before[one.name] = await everyAnswer(app, one, known)
    await fill(house, known)
    await owner.ask('message:react', { id: known.id, emoji: '👍', on: true })
    await ada.ask('message:edit', { id: known.id, text: 'the treasure is under the tree' })
    for (const one of strangers) expect(await everyAnswer(app, one, known)).toEqual(before[one.name])
    const { body } = await (
      await fetch(`${app.url}/api/chat/messages/${known.id}`, {
        headers: { authorization: `Bearer ${ada.token}` },
      })
    )
      .json()
      .then((body: unknown) => ({ body: body as { data: { text: string } } }))
    expect(body.data.text).toBe('the treasure is under the tree')
    expect(JSON.stringify(before)).toContain('There is no room')
  })

  test('a room that never was is answered in the same words', async () => {
    const house = await setUp()
    const { app, strangers, known } = house
    await fill(house, known)
    const never = { room: conversationOf(randomUUID())!, id: randomUUID() }
    const asIfKnown = (answers: unknown[]): unknown =>
      JSON.parse(
        JSON.stringify(answers, (key, value: unknown) => (key === 'headers' ? null : value))
          .replaceAll(never.room, known.room)
          .replaceAll(never.id, known.id),
      ) as unknown
    for (const one of strangers)
      expect(asIfKnown(await everyAnswer(app, one, known))).toEqual(
        asIfKnown(await everyAnswer(app, one, never)),
      )
  })

  test('the documents are the same for its two people too: they are made for nobody', async () => {
    const house = await setUp()
    const { app, known, owner, ada } = house
    const documents = async () => {
      const texts = []
      for (const cookie of [`me_session=${owner.token}`, `me_visitor=${ada.token}`])
        for (const path of [`/chat/${known.room}`, `/chat/${known.room}/1`])
          texts.push(
            await http(
              app,
              { name: '', token: null, cookie: `me_tab=abcdefghijklmnopqrstuvwx; ${cookie}` },
              'GET',
              path,
            ),
          )
      return texts
    }
    const before = await documents()
    await fill(house, known)
    expect(await documents()).toEqual(before)
  })

  test('nobody else hears anything of it: its beginning, words, typing, reading and end', async () => {
    const house = await setUp()
    const { app, strangers, known, owner, ada } = house
    const heard: [string, unknown][] = []
    const listeners: Visitor[] = []
    for (const { token } of strangers) {
      const one = await connect(app, { auth: token ? { token } : {} })
      await one.enter()
      one.socket.onAny((event: string, data: unknown) => heard.push([event, data]))
      listeners.push(one)
    }
    heard.length = 0
    await fill(house, known)
    await ada.ask('typing:set', { room: known.room, on: true })
    await owner.ask('presence:idle', { idle: true })
    await owner.ask('presence:idle', { idle: false })
    await owner.ask('message:delete', { id: known.id })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ room: known.room }))
    await fetch(`${app.url}/api/chat/rooms/${known.room}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${owner.token}` },
    })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ gone: true }))
    const last = await owner.send('all may hear this')
    await eventually(() => listeners.forEach((one) => expect(one.seen()).toContainEqual(last)))
    expect(heard.filter(([event]) => event !== 'presence:changed')).toEqual(
      strangers.map(() => ['room:changed', expect.objectContaining({ room: 'lobby', messages: [last] })]),
    )
  })

  test('a stream, a long poll and an open connection of a stranger get nothing of it', async () => {
    const house = await setUp()
    const { app, known, mallory } = house
    await fill(house, known)
    expect(await mallory.emit('room:enter', { room: known.room, after: null })).toMatchObject({ ok: false })
    await house.ada.send({ room: known.room, text: 'later' })
    const last = await house.ada.send('to all')
    await mallory.enter()
    await eventually(() =>
      expect(mallory.changes.map(({ room }) => room).every((room) => room === 'lobby')).toBe(true),
    )
    const { data } = (await (await fetch(`${app.url}/api/chat/rooms/lobby/changes?after=0`)).json()) as {
      data: { messages: object[] }
    }
    expect(data.messages).toEqual([last])
  })

  test('whose token or session has ended reads on over no transport', async () => {
    const house = await setUp()
    const { app, known, owner, ada } = house
    await fill(house, known)
    const query = '?after=9'
    const streams = [ada, owner].map(({ token }) => openStream(app, query, bearer(token), known.room))
    const polls = [ada, owner].map(({ token }) =>
      api(app)
        .get(`/api/chat/rooms/${known.room}/changes?after=2&wait=20`)
        .set(bearer(token))
        .then(({ status }) => status),
    )
    await Promise.all(streams)
    const talks = [ada, owner].map(({ token }) => openEvents(app, '/chat/about/stream?path=/', bearer(token)))
    await Promise.all(talks)
    for (const { token } of [owner, ada])
      await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
    for (const stream of await Promise.all([...streams, ...talks]))
      await eventually(() => expect(stream.isOver()).toBe(true))
    expect(await Promise.all(polls)).toEqual([401, 401])
  })

  test('metrics and the command line do not name it', async () => {
    const house = await setUp()
    const { app, known } = house
    await fill(house, known)
    const metrics = await (await fetch(`${app.url}/metrics`)).text()
    for (const secret of [known.room, known.id, house.ada.self.id]) expect(metrics).not.toContain(secret)
    const settings = await databaseOf(app.folder)
    for (const room of [known.room, conversationOf(randomUUID())!]) {
      const { err, out, code } = await runProgram('cli/chat.ts', {
        args: ['export', '--room', room],
        settings,
      })
      expect({ err: err.trim(), out, code }).toEqual({ err: `There is no room ${room}.`, out: '', code: 1 })
    }
  })

  test('a browser without script cannot write to it, even that of its person', async () => {
    const house = await setUp()
    const { app, known, ada } = house
    await fill(house, known)
    const one = browser(app)
    one.cookies.set('me_visitor', ada.token)
    const answer = await one.post(`/chat/${known.room}`, { nick: '', text: 'hej', nonce: '1' })
    expect(answer.status).toBe(404)
  })
})
