import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { conversationOf, personIn } from '../src/contract/index.ts'
import {
  begin,
  conversation,
  conversationsOf,
  ownerAndAda,
  peopleOf,
  unreadOf,
  withToken,
} from './support/conversations.ts'
import { leaving } from './support/leaving.ts'
import { moderate } from './support/moderation.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const saying = (code: string) => (answer: { body: { errors?: { code: string }[] } }) =>
  expect(answer.body.errors?.[0]?.code).toBe(code)

describe('a conversation begins', () => {
  test('a visitor begins one with the owner, and finds the same one again', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const begun = await begin(app, ada.token).expect(201)
    const room = { kind: 'private', with: owner.self, title: owner.self.nick, locked: false, seq: 0 }
    expect(begun.body.data).toMatchObject({ ...room, name: conversationOf(ada.self.id) })
    expect(begun.body.data.name).toMatch(/^~[a-z0-9-]{22,31}$/)
    const again = await begin(app, ada.token, { with: owner.self.id }).expect(200)
    expect(again.body).toEqual(begun.body)
    expect(await ada.ask('conversation:open', {})).toEqual(begun.body.data)
  })

  test('the owner begins one with a visitor or a member, who finds it there', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const room = await owner.ask<object>('conversation:open', { with: ada.self.id })
    expect(room).toMatchObject({ name: conversationOf(ada.self.id), with: ada.self, title: 'ada' })
    await begin(app, ada.token).expect(200)
    const member = await connect(app, {
      auth: {
        token: await memberToken(app, { email: 'bo@example.org', password: 'a lovely engine', nick: 'Bo' }),
      },
    })
    const other = await begin(app, owner.token, { with: member.welcome.self!.id.toUpperCase() }).expect(201)
    expect(other.body.data.with).toEqual(member.welcome.self)
  })

  test('both are told of a new one', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name } = await conversation(app, ada.token)
    await eventually(() => {
      expect(owner.told).toEqual([{ room: name, unread: 0, with: ada.self }])
      expect(ada.told).toEqual([{ room: name, unread: 0, with: owner.self }])
    })
  })

  test.each([
    ['nobody', {}, 400, 'INVALID'],
    ['themselves', { with: 'owner' }, 400, 'INVALID'],
    ['somebody who is not there', { with: randomUUID() }, 404, 'NOT_FOUND'],
    ['what is no id', { with: 'lobby' }, 404, 'NOT_FOUND'],
  ])('the owner cannot begin one with %s', async (_, body, status, code) => {
    const { app, owner } = await ownerAndAda()
    const choice = 'with' in body && body.with === 'owner' ? { with: owner.self.id } : body
    const answer = await begin(app, owner.token, choice).expect(status)
    expect(answer.body).toEqual(refusal(status, code, '/with'))
  })

  test('a visitor talks with the owner alone, whoever else there is', async () => {
    const { app, ada } = await ownerAndAda()
    const bo = await visitor(app, 'bo')
    for (const id of [bo.welcome.self!.id, randomUUID()]) {
      const answer = await begin(app, ada.token, { with: id }).expect(403)
      expect(answer.body).toEqual(refusal(403, 'FORBIDDEN', '/with'))
    }
  })

  test('it needs a nick and an owner', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const reader = await connect(app)
    expect(await reader.emit('conversation:open', {})).toMatchObject({ error: { code: 'NICK_REQUIRED' } })
    expect(await ada.emit('conversation:open', {})).toMatchObject({ error: { code: 'NO_OWNER' } })
    await api(app).post('/api/chat/conversations').expect(401)
    await api(app).get('/api/chat/conversations').expect(401)
    expect(await conversationsOf(app, ada.welcome.token!)).toEqual([])
  })

  test('muted and banned people cannot begin one, but open the one that is there', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const bo = await withToken(await visitor(app, 'bo'))
    const eva = await withToken(await visitor(app, 'eva'))
    const { name } = await conversation(app, bo.token)
    for (const one of [ada, bo])
      await moderate(app, owner.token, { id: one.self.id, action: 'mute' }).expect(204)
    await begin(app, ada.token).expect(403).expect(saying('MUTED'))
    await begin(app, bo.token).expect(200)
    expect(await bo.emit('message:send', { room: name, id: randomUUID(), text: 'why?' })).toMatchObject({
      error: { code: 'MUTED' },
    })
    // Last, because it closes the address.
    await moderate(app, owner.token, { id: eva.self.id, action: 'ban' }).expect(204)
    await begin(app, eva.token).expect(403).expect(saying('BANNED'))
  })

  test('an address begins ten an hour; opening again counts nothing, and the owner is not limited', async () => {
    const { app, owner } = await ownerAndAda()
    const visitors = []
    for (let number = 0; number < 11; number++) visitors.push(await visitor(app, `nick${number}`))
    const tokens = visitors.map(({ welcome }) => welcome.token!)
    for (const token of tokens.slice(0, 10)) await begin(app, token).expect(201)
    await begin(app, tokens[0]!).expect(200)
    const refused = await begin(app, tokens[10]!).expect(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000)
    await begin(app, owner.token, { with: visitors[10]!.welcome.self!.id }).expect(201)
  })
})

test('a conversation’s name and its person’s id tell each other', () => {
  for (const id of [
    randomUUID(),
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ])
    expect(personIn(conversationOf(id)!)).toBe(id)
  expect(conversationOf('1')).toBe(null)
  for (const name of ['lobby', '~lobby', `~${'z'.repeat(25)}`, `~${'-'.repeat(25)}`])
    expect(personIn(name)).toBe(null)
})

describe('in a conversation', () => {
  test('words go both ways, and reactions, edits, replies, search and history work as in any room', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await owner.enter(null, room)
    await ada.enter(null, room)
    const asked = await ada.send({ room, text: 'is the treasure real?' })
    const answered = await owner.send({ room, text: 'it is', replyTo: asked.id })
    await owner.ask('message:react', { id: asked.id, emoji: '👍', on: true })
    await ada.ask('message:edit', { id: asked.id, text: 'is the treasure here?' })
    await eventually(() => {
      for (const one of [owner, ada])
        expect(one.changes.at(-1)).toMatchObject({ room, messages: [{ text: 'is the treasure here?' }] })
    })
    for (const { token } of [owner, ada]) {
      const { body } = await api(app).get(`/api/chat/rooms/${room}/messages`).set(bearer(token)).expect(200)
      expect(body.data.messages).toMatchObject([{ id: asked.id }, { id: answered.id, replyTo: asked.id }])
      for (const query of ['q=treasure', `q=treasure&room=${room}`]) {
        const found = await api(app).get(`/api/chat/search?${query}`).set(bearer(token)).expect(200)
        expect(found.body.data.messages).toMatchObject([{ id: asked.id }])
      }
    }
    await api(app)
      .post(`/api/chat/messages/${answered.id}/report`)
      .set(bearer(ada.token))
      .send({})
      .expect(204)
    await owner.ask('message:delete', { id: asked.id })
    await owner.ask('message:restore', { id: asked.id })
  })

  test('typing is shown to the other', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await owner.enter(null, room)
    const typing = new Promise((resolve) => owner.socket.once('typing:changed', resolve))
    await ada.ask('typing:set', { room, on: true })
    expect(await typing).toEqual({ room, nicks: ['ada'] })
  })

  test('the list has each with its last message, the one with the latest words first', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const bo = await withToken(await visitor(app, 'bo'))
    const [first, second] = [await conversation(app, ada.token), await conversation(app, bo.token)]
    const theirs = await ada.send({ room: first.name, text: 'hej' })
    await bo.send({ room: second.name, text: 'hi' })
    const last = await ada.send({ room: first.name, text: 'is anybody there?' })
    const gone = await bo.send({ room: second.name, text: 'gone' })
    await bo.ask('message:delete', { id: gone.id })
    const later = await ada.send({ room: first.name, text: 'hello?' })
    await ada.ask('message:delete', { id: later.id })
    const [one, other, ...rest] = await conversationsOf(app, owner.token)
    expect(one).toMatchObject({ name: first.name, kind: 'private', with: ada.self, last, unread: 2, seq: 3 })
    expect(other).toMatchObject({ name: second.name, with: bo.self, last: { text: 'hi' }, unread: 1 })
    expect(rest).toEqual([])
    const [own, ...others] = await conversationsOf(app, ada.token)
    expect(own).toMatchObject({ name: first.name, with: owner.self, last, unread: 0 })
    expect(others).toEqual([])
    expect(theirs.seq).toBe(1)
  })
})

describe('what is unread', () => {
  test('new words of the other are, until one enters', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await ada.send({ room, text: 'one' })
    await ada.send({ room, text: 'two' })
    await eventually(() => {
      expect(owner.told.at(-1)).toEqual({ room, unread: 2, with: ada.self })
      expect(ada.told.at(-1)).toEqual({ room, unread: 0, with: owner.self })
    })
    expect(await unreadOf(app, owner.token)).toBe(2)
    await owner.enter(null, room)
    expect(await unreadOf(app, owner.token)).toBe(0)
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ unread: 0 }))
  })

  test('one’s own words read what was before them, over REST too', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await ada.send({ room, text: 'one' })
    await api(app)
      .post(`/api/chat/rooms/${room}/messages`)
      .set(bearer(owner.token))
      .send({ text: 'yes' })
      .expect(201)
    expect(await unreadOf(app, owner.token)).toBe(0)
    expect(await unreadOf(app, ada.token)).toBe(1)
  })

  test('what comes while one is there is read; an open but unused tab reads nothing until it is used again', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await owner.enter(null, room)
    await ada.send({ room, text: 'seen' })
    await eventually(async () => expect(await unreadOf(app, owner.token)).toBe(0))
    await owner.ask('presence:idle', { idle: true })
    await ada.send({ room, text: 'unseen' })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ unread: 1 }))
    await owner.enter(null, room)
    expect(await unreadOf(app, owner.token)).toBe(1)
    await owner.ask('presence:idle', { idle: false })
    expect(await unreadOf(app, owner.token)).toBe(0)
  })

  test('a tab that never says so is unused two minutes after its last event', async () => {
    const clock = manualClock()
    const { app, owner, ada } = await ownerAndAda({ clock })
    const { name: room } = await conversation(app, ada.token)
    await owner.enter(null, room)
    clock.advance(119_999)
    await ada.send({ room, text: 'seen' })
    await eventually(async () => expect(await unreadOf(app, owner.token)).toBe(0))
    clock.advance(1)
    await ada.send({ room, text: 'unseen' })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ unread: 1 }))
    await owner.enter(null)
    await eventually(async () => expect(await unreadOf(app, owner.token)).toBe(0))
  })

  test('what the other deletes is not', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    const { id } = await ada.send({ room, text: 'never mind' })
    await ada.ask('message:delete', { id })
    await eventually(() => expect(owner.told.at(-1)).toMatchObject({ unread: 0 }))
    expect(await conversationsOf(app, owner.token)).toMatchObject([{ unread: 0, last: null }])
  })
})

describe('a conversation ends', () => {
  test('the owner removes it for both, and it begins anew with higher numbers', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    await ada.enter(null, room)
    await ada.send({ room, text: 'secret' })
    await api(app).delete(`/api/chat/rooms/${room}`).set(bearer(ada.token)).expect(403)
    await api(app).delete(`/api/chat/rooms/${room}`).set(bearer(owner.token)).expect(204)
    await eventually(() => {
      for (const { told } of [owner, ada]) expect(told.at(-1)).toEqual({ room, unread: 0, gone: true })
    })
    expect(await ada.emit('message:send', { room, id: randomUUID(), text: 'hello?' })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    expect(await conversationsOf(app, owner.token)).toEqual([])
    expect(await conversationsOf(app, ada.token)).toEqual([])
    await api(app).delete(`/api/chat/rooms/${room}`).set(bearer(owner.token)).expect(404)
    const { body } = await begin(app, ada.token).expect(201)
    expect(body.data).toMatchObject({ name: room, seq: 1 })
    expect(await ada.enter(1, room)).toMatchObject({ reset: true, messages: [] })
    expect(await unreadOf(app, owner.token)).toBe(0)
  })

  test('it has no settings, and nobody makes a room with such a name', async () => {
    const { app, owner, ada } = await ownerAndAda()
    const { name } = await conversation(app, ada.token)
    const owners = bearer(owner.token)
    await api(app).patch(`/api/chat/rooms/${name}`).set(owners).send({ locked: true }).expect(403)
    const missing = conversationOf(randomUUID())!
    await api(app).patch(`/api/chat/rooms/${missing}`).set(owners).send({ locked: true }).expect(404)
    for (const other of [name, missing])
      await api(app).post('/api/chat/rooms').set(owners).send({ name: other, title: 'Mine' }).expect(400)
  })

  test('old words go from it too, where messages are kept for some days', async () => {
    const clock = manualClock()
    const { app, ada, owner } = await ownerAndAda({ clock, settings: { CHAT_RETENTION_DAYS: '1' } })
    const { name: room } = await conversation(app, ada.token)
    await ada.send({ room, text: 'old' })
    clock.advance(25 * 3_600_000)
    await eventually(async () =>
      expect(await conversationsOf(app, owner.token)).toMatchObject([{ last: null, unread: 0 }]),
    )
  })

  test('erasing and downloading one’s own words includes those in it', async () => {
    const { app, ada, owner } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    const { id } = await ada.send({ room, text: 'secret' })
    const mine = await api(app).get('/api/me/words').set(bearer(ada.token)).expect(200)
    expect(mine.body.data.messages).toMatchObject([{ id, room }])
    await api(app).delete('/api/me/words').set(bearer(ada.token)).expect(204)
    await api(app).get(`/api/chat/messages/${id}`).set(bearer(owner.token)).expect(200)
    expect(await conversationsOf(app, owner.token)).toMatchObject([{ last: null }])
  })

  test('whose account is deleted has no name in it any more', async () => {
    const app = await startApp()
    const { owner } = await peopleOf(app)
    const token = await memberToken(app, {
      email: 'ada@example.org',
      password: 'a lovely engine',
      nick: 'Ada L',
    })
    const member = await connect(app, { auth: { token } })
    const { name: room } = await conversation(app, token)
    const { id } = await member.send({ room, text: 'farewell' })
    await leaving(app, token).expect(204)
    const { body } = await api(app).get(`/api/chat/messages/${id}`).set(bearer(owner.token)).expect(200)
    expect(body.data.author.nick).toBe('')
    expect(await conversationsOf(app, owner.token)).toMatchObject([{ with: { nick: null }, title: '' }])
  })

  test('erasing a person by the owner takes their words from it', async () => {
    const { app, ada, owner } = await ownerAndAda()
    const { name: room } = await conversation(app, ada.token)
    const { id } = await ada.send({ room, text: 'insult' })
    await moderate(app, owner.token, { id: ada.self.id, action: 'erase' }).expect(204)
    const { body } = await api(app).get(`/api/chat/messages/${id}`).set(bearer(owner.token)).expect(200)
    expect(body.data).toMatchObject({ text: '', deletedAt: expect.any(String) })
  })
})
