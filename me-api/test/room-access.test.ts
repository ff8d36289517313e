import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Change, Message } from '../src/contract/index.ts'
import type { ReadRule } from '../src/chat/rooms/read-rule.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

const failure = (code: string) => ({ ok: false, error: { code, message: expect.any(String) } })

let app: TestApp
let owner: Visitor
let member: Visitor
let stranger: Visitor
let tokens: { owner: string; member: string; stranger: string }
let secret: Message

let mayOwnerRead: boolean
let mayMembersRead: boolean

/** The owner and members may read the room "board"; to everybody else it does not exist. */
const membersReadTheBoard: ReadRule = (by, room) =>
  room !== 'board' || (by?.role === 'owner' ? mayOwnerRead : by?.role === 'member' && mayMembersRead)

beforeEach(async () => {
  mayOwnerRead = mayMembersRead = true
  app = await startApp({ mayRead: membersReadTheBoard })
  tokens = { owner: await ownerToken(app), member: await memberToken(app), stranger: '' }
  owner = await connect(app, { auth: { token: tokens.owner } })
  await api(app).post('/api/chat/rooms').set(bearer(tokens.owner)).send({ name: 'board', title: 'Board' })
  secret = await owner.send({ room: 'board', text: 'the treasure is in the garden' })
  await owner.send('the garden is open to all')
  member = await connect(app, { auth: { token: tokens.member } })
  stranger = await visitor(app, 'mallory')
  tokens.stranger = stranger.welcome.token!
})

/** Answers to both, for the same request. */
const asBoth = async (path: string) => ({
  ofMember: await api(app).get(path).set(bearer(tokens.member)),
  ofStranger: await api(app).get(path).set(bearer(tokens.stranger)),
  ofNobody: await api(app).get(path),
})

test.each([
  ['history', '/api/chat/rooms/board/messages'],
  ['history around a moment', '/api/chat/rooms/board/messages?at=2004-12-25'],
  ['changes', '/api/chat/rooms/board/changes?after=0'],
  ['a long poll', '/api/chat/rooms/board/changes?after=0&wait=1'],
  ['search in the room', '/api/chat/search?q=treasure&room=board'],
])('REST: %s answers people who may read the room, and 404 to everybody else', async (_, path) => {
  const { ofMember, ofStranger, ofNobody } = await asBoth(path)
  expect(ofMember.status).toBe(200)
  expect(ofMember.body.data.messages).toMatchObject([{ id: secret.id }])
  for (const answer of [ofStranger, ofNobody]) {
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual(refusal(404, 'NOT_FOUND'))
  }
})

test('REST: the answer for a hidden room is the same as for a missing room', async () => {
  const hidden = await api(app).get('/api/chat/rooms/board/messages').expect(404)
  const missing = await api(app).get('/api/chat/rooms/bored/messages').expect(404)
  expect(JSON.stringify(hidden.body).replaceAll('board', 'bored')).toBe(JSON.stringify(missing.body))
})

test('REST: a signed-in browser reads a members’ room with its session cookie', async () => {
  const { headers } = await api(app).post('/api/login').send(memberAccount).expect(200)
  const cookie = headers['set-cookie']![0]!.split(';')[0]!
  await api(app).get('/api/chat/rooms/board/messages').set('Cookie', cookie).expect(200)
  await api(app).get(`/api/chat/messages/${secret.id}`).set('Cookie', cookie).expect(200)
})

test.each(['/chat/board', '/chat/board/1'])(
  'the document of %s does not tell that there is a hidden room',
  async (path) => {
    const [hidden, missing] = [await api(app).get(path), await api(app).get(path.replace('board', 'bored'))]
    expect([hidden.status, missing.status]).toEqual([404, 404])
    expect(hidden.text.replaceAll('board', 'bored')).toBe(missing.text)
  },
)

test('REST: a message of a hidden room answers 404', async () => {
  const { ofMember, ofStranger, ofNobody } = await asBoth(`/api/chat/messages/${secret.id}`)
  expect(ofMember.body.data).toEqual(secret)
  for (const answer of [ofStranger, ofNobody]) expect(answer.body).toEqual(refusal(404, 'NOT_FOUND'))
})

test('REST: a search through all rooms leaves out hidden rooms', async () => {
  const { ofMember, ofStranger, ofNobody } = await asBoth('/api/chat/search?q=garden')
  expect(ofMember.body.data.messages).toHaveLength(2)
  for (const answer of [ofStranger, ofNobody])
    expect(answer.body.data).toMatchObject({ messages: [{ room: 'lobby' }], more: false })
})

test('REST: the room list leaves out hidden rooms', async () => {
  const { ofMember, ofStranger, ofNobody } = await asBoth('/api/chat/rooms')
  const namesOf = ({ body }: typeof ofMember) => (body.data as { name: string }[]).map(({ name }) => name)
  expect(namesOf(ofMember)).toEqual(['board', 'lobby'])
  expect(namesOf(ofStranger)).toEqual(['lobby'])
  expect(namesOf(ofNobody)).toEqual(['lobby'])
})

test('REST: reporting a message of a hidden room answers 404', async () => {
  const report = (token: string) =>
    api(app).post(`/api/chat/messages/${secret.id}/report`).set(bearer(token)).send({})
  await report(tokens.stranger).expect(404)
  await report(tokens.member).expect(204)
})

test('an author who may no longer read a room can still erase their own messages there', async () => {
  const note = await member.send({ room: 'board', text: 'my note' })
  mayMembersRead = false
  await api(app).delete('/api/me/words').set(bearer(tokens.member)).expect(204)
  const { body } = await api(app).get(`/api/chat/messages/${note.id}`).set(bearer(tokens.owner)).expect(200)
  expect(body.data).toMatchObject({ text: '', deletedAt: expect.any(String) })
})

test('the owner can dismiss reports of messages from a room that the owner may not read', async () => {
  await api(app)
    .post(`/api/chat/messages/${secret.id}/report`)
    .set(bearer(tokens.member))
    .send({})
    .expect(204)
  mayOwnerRead = false
  await api(app).delete(`/api/chat/messages/${secret.id}/report`).set(bearer(tokens.owner)).expect(204)
})

test('Server-Sent Events: a stream ends once its reader may no longer read the room', async () => {
  const stream = await openStream(app, '?after=0', bearer(tokens.member), 'board')
  await eventually(() => expect(stream.seen()).toMatchObject([{ id: secret.id }]))
  mayMembersRead = false
  await owner.send({ room: 'board', text: 'not for members' })
  await eventually(() => expect(stream.isOver()).toBe(true))
  expect(stream.seen()).toMatchObject([{ id: secret.id }])
})

test('Server-Sent Events: a stream opens for people who may read the room, and answers 404 to everybody else', async () => {
  const stream = await openStream(app, '?after=0', bearer(tokens.member), 'board')
  await eventually(() => expect(stream.seen()).toMatchObject([{ id: secret.id }]))
  const refused = await openStream(app, '?after=0', bearer(tokens.stranger), 'board')
  expect(refused.answer.status).toBe(404)
  expect((await openStream(app, '?after=0', {}, 'board')).answer.status).toBe(404)
})

describe.each(['Socket.IO', 'a plain WebSocket'])('over %s', (transport) => {
  /** Connects with that token, over the transport. */
  async function asker(token: string) {
    if (transport === 'Socket.IO') {
      const { welcome, changes, emit } = await connect(app, { auth: { token } })
      return { welcome, changes: () => changes, ask: emit }
    }
    const plain = plainSocket(app, `?token=${token}`)
    return { welcome: await plain.welcome(), changes: plain.changes, ask: plain.ask }
  }

  test('a person who may read a room finds it in the welcome, enters it and receives its changes', async () => {
    const { welcome, ask, changes } = await asker(tokens.member)
    expect(welcome.rooms.map(({ name }) => name)).toEqual(['board', 'lobby'])
    expect(await ask('room:enter', { room: 'board', after: 0 })).toMatchObject({ ok: true })
    const next = await owner.send({ room: 'board', text: 'dig' })
    await eventually(() => expect(changes().at(-1)?.messages).toEqual([next]))
  })

  test('a hidden room does not exist for a person who may not read it', async () => {
    const { welcome, ask, changes } = await asker(tokens.stranger)
    expect(welcome.rooms.map(({ name }) => name)).toEqual(['lobby'])
    const [room, id] = ['board', secret.id]
    expect(await ask('room:enter', { room, after: 0 })).toEqual(failure('NOT_FOUND'))
    expect(await ask('typing:set', { room, on: true })).toEqual(failure('NOT_FOUND'))
    expect(await ask('message:send', { room, id: randomUUID(), text: 'let me in' })).toEqual(
      failure('NOT_FOUND'),
    )
    expect(await ask('message:react', { id, emoji: '👋', on: true })).toEqual(failure('NOT_FOUND'))
    expect(await ask('message:edit', { id, text: 'it is gone' })).toEqual(failure('NOT_FOUND'))
    expect(await ask('message:delete', { id })).toEqual(failure('NOT_FOUND'))
    await ask('room:enter', { room: 'lobby', after: null })
    await owner.send({ room: 'board', text: 'dig' })
    const heard = await owner.send('all may hear this')
    await eventually(() => expect(changes().at(-1)?.messages).toEqual([heard]))
    expect(changes().every((change: Change) => change.room === 'lobby')).toBe(true)
  })
})

test('room:updated lists only the rooms that its receiver may read', async () => {
  const heard = { member: [] as string[][], stranger: [] as string[][] }
  member.socket.on('room:updated', ({ rooms }) => heard.member.push(rooms.map(({ name }) => name)))
  stranger.socket.on('room:updated', ({ rooms }) => heard.stranger.push(rooms.map(({ name }) => name)))
  await api(app).post('/api/chat/rooms').set(bearer(tokens.owner)).send({ name: 'attic', title: 'Attic' })
  await eventually(() =>
    expect(heard).toEqual({ member: [['attic', 'board', 'lobby']], stranger: [['attic', 'lobby']] }),
  )
})

test('typing in a room is shown only to people who entered it', async () => {
  await member.enter(null, 'board')
  await stranger.enter()
  const heard = { member: [] as string[], stranger: [] as string[] }
  member.socket.on('typing:changed', ({ nicks }) => heard.member.push(...nicks))
  stranger.socket.on('typing:changed', ({ nicks }) => heard.stranger.push(...nicks))
  await owner.ask('typing:set', { room: 'board', on: true })
  await eventually(() => expect(heard.member).toHaveLength(1))
  expect(heard.stranger).toEqual([])
})
