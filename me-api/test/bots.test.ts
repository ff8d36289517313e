import { describe, expect, test } from '@jest/globals'
import { botsOf, makeBot, say, startWithBot } from './support/bots.ts'
import { conversation } from './support/conversations.ts'
import { history } from './support/leaving.ts'
import { manualClock } from './support/manual-clock.ts'
import { accountLog, moderate } from './support/moderation.ts'
import { connected, describeNodes, startPair } from './support/nodes.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const change = (app: { url: string }, owner: string, id: string, changes: object) =>
  api(app as never)
    .patch(`/api/bots/${id}`)
    .set(bearer(owner))
    .send(changes)
const remove = (app: { url: string }, owner: string, id: string) =>
  api(app as never)
    .delete(`/api/bots/${id}`)
    .set(bearer(owner))
const replaceToken = (app: { url: string }, owner: string, id: string) =>
  api(app as never)
    .post(`/api/bots/${id}/token`)
    .set(bearer(owner))

describe('bots', () => {
  test('the owner makes a bot, whose token and secret are shown once and stored as little as possible', async () => {
    const { app, owner, bot, token, secret } = await startWithBot()
    expect(bot).toEqual({
      id: expect.any(String),
      nick: 'Robbie',
      role: 'bot',
      rooms: null,
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(token).toMatch(/^bot_[\w-]{43}$/)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(await botsOf(app, owner)).toEqual([bot])
    const { body } = await api(app).get(`/api/bots/${bot.id}`).set(bearer(owner)).expect(200)
    expect(body).toEqual({ data: bot })
    const row = await app.db.selectFrom('bots').selectAll().executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(token)
    expect((await accountLog(app, owner))[0]).toEqual(['create-bot', 'Robbie'])
  })

  test('nobody but the owner sees or makes bots', async () => {
    const { app, bot, token } = await startWithBot()
    for (const caller of [await memberToken(app), token])
      for (const [method, path] of [
        ['get', '/api/bots'],
        ['post', '/api/bots'],
        ['get', `/api/bots/${bot.id}`],
        ['patch', `/api/bots/${bot.id}`],
        ['delete', `/api/bots/${bot.id}`],
        ['post', `/api/bots/${bot.id}/token`],
        ['post', `/api/bots/${bot.id}/test`],
      ] as const) {
        const { body } = await api(app)[method](path).set(bearer(caller)).send({ nick: 'x' }).expect(403)
        expect(body).toEqual(refusal(403, 'FORBIDDEN'))
      }
    await api(app).get('/api/bots').expect(401)
  })

  test('a bot’s token works over REST, Socket.IO, a plain WebSocket, a stream and a long poll', async () => {
    const { app, bot, token } = await startWithBot()
    const self = { id: bot.id, nick: 'Robbie', role: 'bot' }
    const reader = await visitor(app, 'ada')
    await reader.enter()
    const overRest = await say(app, token, 'over REST').expect(201)
    expect(overRest.body).toMatchObject({ data: { author: self, text: 'over REST' } })
    const socket = await connect(app, { auth: { token, tab: 'one' } })
    expect(socket.welcome).toMatchObject({ self, token, limits: { messages: { count: 60, seconds: 60 } } })
    expect((await socket.send('over a socket')).author).toEqual(self)
    const plain = plainSocket(app, `?token=${token}`)
    expect(await plain.welcome()).toMatchObject({ self })
    const { seen } = await openStream(app, '?after=0', bearer(token))
    await eventually(() => expect(seen().map(({ author }) => author)).toEqual([self, self]))
    const poll = await api(app).get('/api/chat/rooms/lobby/changes?after=1').set(bearer(token)).expect(200)
    expect(poll.body).toMatchObject({ data: { messages: [{ author: self }] } })
    await eventually(() => expect(reader.seen()).toHaveLength(2))
    const { body } = await api(app).get('/api/chat/presence').expect(200)
    expect(body).toMatchObject({ data: { total: 2, people: [{ nick: 'ada' }, self] } })
  })

  test('a bot may post links at once, proves no work, and has a pace of its own', async () => {
    const { app, owner, token } = await startWithBot({
      settings: {
        LIMIT_NEWCOMER: '5m',
        PROOF_OF_WORK: 'on',
        LIMIT_MESSAGES: '1/1m',
        LIMIT_ADDRESS_MESSAGES: '2/1m',
        LIMIT_BOTS: '3/1m',
      },
    })
    for (let sent = 0; sent < 3; sent++) await say(app, token, `https://example.org/${sent}`).expect(201)
    const refused = await say(app, token, 'one more').expect(429)
    expect(refused.body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const other = await makeBot(app, owner, { nick: 'Other' })
    await say(app, other.token, 'at its own pace').expect(201)
  })

  test('a bot writes only in its rooms, and may take back what it said before', async () => {
    const { app, owner, bot, token } = await startWithBot()
    await api(app).post('/api/chat/rooms').set(bearer(owner)).send({ name: 'builds', title: 'Builds' })
    const { body } = await say(app, token, 'in the lobby').expect(201)
    const { id } = (body as { data: { id: string } }).data
    await change(app, owner, bot.id, { rooms: ['builds'] }).expect(200)
    expect((await say(app, token, 'again').expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
    const socket = await connect(app, { auth: { token } })
    for (const [event, data] of [
      ['message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'x' }],
      ['message:edit', { id, text: 'changed' }],
      ['message:react', { id, emoji: '👍', on: true }],
    ] as const)
      expect(await socket.emit(event, data)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } })
    await say(app, token, 'where it may', 'builds').expect(201)
    expect(await socket.emit('message:delete', { id })).toMatchObject({ ok: true })
    await change(app, owner, bot.id, { rooms: null }).expect(200)
    await say(app, token, 'everywhere again').expect(201)
  })

  test('what cannot be a bot is refused, and changes nothing', async () => {
    const { app, owner, bot } = await startWithBot()
    const member = await memberToken(app)
    await visitor(app, 'Held')
    const make = (body: object) => api(app).post('/api/bots').set(bearer(owner)).send(body)
    expect((await make({ nick: '' })).body).toEqual(refusal(400, 'NICK_INVALID', '/nick'))
    expect((await make({ nick: 'Held' })).body).toEqual(refusal(409, 'NICK_TAKEN', '/nick'))
    expect((await make({ nick: 'АDA' })).body).toEqual(refusal(409, 'NICK_RESERVED', '/nick'))
    expect((await make({ nick: 'robbie' })).body).toEqual(refusal(409, 'NICK_RESERVED', '/nick'))
    expect((await make({ nick: 'x', rooms: ['nowhere'] })).body).toEqual(refusal(400, 'INVALID', '/rooms/0'))
    expect((await make({ nick: 'x', rooms: [] })).status).toBe(400)
    await make({}).expect(400)
    await change(app, owner, bot.id, { nick: 'Ada' }).expect(409)
    await change(app, owner, 'nobody', { nick: 'x' }).expect(404)
    await remove(app, owner, 'nobody').expect(404)
    expect(await botsOf(app, owner)).toEqual([bot])
    expect(member).toBeTruthy()
  })

  test('a bot’s nick is nobody else’s: not a visitor’s, not a member’s, not the owner’s', async () => {
    const { app, owner } = await startWithBot()
    for (const nick of ['Robbie', 'ROBBIE', 'Rоbbie']) {
      expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_RESERVED' })
      expect((await api(app).post('/api/chat/visitors').send({ nick })).body).toEqual(
        refusal(409, 'NICK_RESERVED', '/nick'),
      )
      expect(
        (
          await api(app)
            .post('/api/register')
            .send({ ...memberAccount, nick })
        ).status,
      ).toBe(409)
    }
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('nick:set', { nick: 'Robbie' })).toMatchObject({
      ok: false,
      error: { code: 'NICK_RESERVED' },
    })
    const ofOwner = await connect(app, { auth: { token: owner } })
    expect(await ofOwner.emit('nick:set', { nick: 'Robbie' })).toMatchObject({ ok: false })
  })

  test('a nick that a bot gives up is free, and its connections have the new one', async () => {
    const { app, owner, bot, token } = await startWithBot()
    const socket = await connect(app, { auth: { token } })
    await change(app, owner, bot.id, { nick: 'Marvin' }).expect(200)
    expect((await socket.send('hej')).author.nick).toBe('Marvin')
    expect((await visitor(app, 'Robbie')).welcome.self?.nick).toBe('Robbie')
    expect(await socket.emit('nick:set', { nick: 'Other' })).toMatchObject({ error: { code: 'FORBIDDEN' } })
  })

  test('a removed bot is out at once, and what it said stays', async () => {
    const { app, owner, bot, token } = await startWithBot()
    await say(app, token, 'these words stay').expect(201)
    const socket = await connect(app, { auth: { token } })
    const gone = socket.disconnected()
    await remove(app, owner, bot.id).expect(204)
    await gone
    expect((await say(app, token, 'x').expect(401)).body).toEqual(refusal(401, 'TOKEN_INVALID'))
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject({ code: 'TOKEN_INVALID' })
    expect((await history(app)).map(({ author, text }) => [author.nick, text])).toEqual([
      ['Robbie', 'these words stay'],
    ])
    expect(await botsOf(app, owner)).toEqual([])
    expect((await accountLog(app, owner))[0]).toEqual(['remove-bot', 'Robbie'])
    await makeBot(app, owner, { nick: 'Robbie' })
  })

  test('new keys end the old ones and the connections that came with them, and no others', async () => {
    const { app, owner, bot, token, secret } = await startWithBot()
    const socket = await connect(app, { auth: { token } })
    const gone = socket.disconnected()
    const { body } = await replaceToken(app, owner, bot.id).expect(201)
    const keys = (body as { data: { bot: object; token: string; secret: string } }).data
    expect(keys.bot).toEqual(bot)
    expect([keys.token, keys.secret]).not.toContain(token)
    expect(keys.secret).not.toBe(secret)
    await gone
    const again = await connect(app, { auth: { token: keys.token } })
    expect(again.welcome.self?.id).toBe(bot.id)
    await say(app, token, 'x').expect(401)
    await say(app, keys.token, 'x').expect(201)
  })

  test('a connection that was being let in with the old token ends a moment later', async () => {
    const clock = manualClock()
    const { app, owner, bot, token } = await startWithBot({ clock })
    const socket = await connect(app, { auth: { token } })
    // As if this node had not heard of it: the row is another one, and only the later look finds that.
    const gone = socket.disconnected()
    await app.db.updateTable('bots').set({ token_hash: 'another' }).where('id', '=', bot.id).execute()
    const other = await makeBot(app, owner, { nick: 'Other' })
    await replaceToken(app, owner, other.bot.id).expect(201)
    await gone
  })

  test('a bot can be muted, banned and erased, and its ban closes nobody’s address', async () => {
    const { app, owner, bot, token } = await startWithBot()
    await say(app, token, 'something').expect(201)
    await moderate(app, owner, { id: bot.id, action: 'mute' }).expect(204)
    expect((await say(app, token, 'x')).body).toMatchObject({ errors: [{ code: 'MUTED' }] })
    await moderate(app, owner, { id: bot.id, action: 'forgive' }).expect(204)
    await moderate(app, owner, { id: bot.id, action: 'ban' }).expect(204)
    expect((await say(app, token, 'x')).body).toMatchObject({ errors: [{ code: 'BANNED' }] })
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject({ code: 'BANNED' })
    await visitor(app, 'new here')
    await moderate(app, owner, { id: bot.id, action: 'erase' }).expect(204)
    expect((await history(app)).map(({ text }) => text)).toEqual([''])
  })

  test('a bot talks in private only where the owner has begun it, and asks for no notices', async () => {
    const { app, owner, bot, token } = await startWithBot({}, { nick: 'Robbie', rooms: ['lobby'] })
    const begin = () => api(app).post('/api/chat/conversations').set(bearer(token))
    expect((await begin().expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
    const { name } = await conversation(app, owner, { with: bot.id })
    await begin().expect(200)
    await say(app, token, 'in private', name).expect(201)
    const { body } = await api(app).get('/api/chat/conversations').set(bearer(owner)).expect(200)
    expect(body).toMatchObject({ data: [{ with: { id: bot.id, nick: 'Robbie', role: 'bot' }, unread: 1 }] })
    await api(app).delete('/api/me/sessions').set(bearer(token)).expect(403)
  })

  test('the owner has a bot say something, to see that it works', async () => {
    const { app, owner, bot } = await startWithBot()
    const { body } = await api(app)
      .post(`/api/bots/${bot.id}/test`)
      .set(bearer(owner))
      .send({ text: 'It works.' })
      .expect(201)
    expect(body).toMatchObject({ data: { room: 'lobby', text: 'It works.', author: { nick: 'Robbie' } } })
  })

  test('a room’s document marks a bot', async () => {
    const { app, token } = await startWithBot()
    await say(app, token, 'made by a program').expect(201)
    const { text } = await api(app).get('/chat').expect(200)
    expect(text).toMatch(
      /Robbie<\/bdi>(?:\s|<!--.*?-->)*<span class="pill plain[^>]*>(?:<!--.*?-->)*bot(?:<!--.*?-->)*<\/span>/,
    )
  })

  test('two bots and a member who want one nick at the same moment: one of them gets it', async () => {
    const app = await startApp()
    const owner = await ownerToken(app)
    const make = () => api(app).post('/api/bots').set(bearer(owner)).send({ nick: 'Ada' })
    const register = () => api(app).post('/api/register').send(memberAccount)
    const answers = await Promise.all([make(), register(), make()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
  })
})

describeNodes('bots with several nodes', () => {
  test('a bot is known, its nick reserved, and its removal and new keys felt on every node', async () => {
    const { one, other } = await startPair()
    const owner = await ownerToken(one)
    const { bot, token } = await makeBot(one, owner, { nick: 'Robbie' })
    await say(other, token, 'on the other node').expect(201)
    expect(await refusedConnection(other, { auth: { nick: 'robbie' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
    const first = await connect(other, { auth: { token } })
    const firstGone = first.disconnected()
    const { body } = await replaceToken(one, owner, bot.id).expect(201)
    await firstGone
    const { token: next } = (body as { data: { token: string } }).data
    const second = await connect(other, { auth: { token: next } })
    const secondGone = second.disconnected()
    await remove(one, owner, bot.id).expect(204)
    await secondGone
    await say(other, next, 'x').expect(401)
  })

  test('a node that did not hear of new keys ends the old connections when it hears the others again', async () => {
    const { one, other } = await startPair()
    const owner = await ownerToken(one)
    const { bot, token } = await makeBot(one, owner, { nick: 'Robbie' })
    const socket = await connect(other, { auth: { token } })
    const gone = socket.disconnected()
    other.way.silence()
    await replaceToken(one, owner, bot.id).expect(201)
    other.way.cut()
    other.way.restore()
    await connected(one, other)
    await gone
  })
})
