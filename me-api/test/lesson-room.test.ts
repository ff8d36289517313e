import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Change, Message } from '../src/contract/index.ts'
import { contentOf } from '../src/cli/seed/site-content.ts'
import { makeBot, say as sayOver } from './support/bots.ts'
import * as withoutScript from './support/browser.ts'
import { write } from './support/chat-form.ts'
import { chat, file, line } from './support/history-files.ts'
import { LESSON, said, stored } from './support/lesson.ts'
import { manualClock } from './support/manual-clock.ts'
import { moderate } from './support/moderation.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { startWithPush } from './support/push.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually, visitor } from './support/visitors.ts'
import { addWebhook, deliveriesOf, receiveHere, startReceiver } from './support/webhooks.ts'

const forbidden = { ok: false, error: { code: 'FORBIDDEN', message: expect.any(String) } }

async function changesOf(app: TestApp, query: string): Promise<Change> {
  const { body } = await api(app).get(`/api/chat/rooms/${LESSON}/changes${query}`).expect(200)
  return (body as { data: Change }).data
}

describe("the lesson's room", () => {
  test('is read by everybody over every transport', async () => {
    const app = await startApp()
    const [first] = await said(app)
    const [reader, plain] = [await connect(app), plainSocket(app)]
    await plain.welcome()
    const stream = await openStream(app, '', {}, LESSON)
    expect(await reader.enter(null, LESSON)).toMatchObject({ to: 1, messages: [first] })
    expect(await plain.ask('room:enter', { room: LESSON, after: 0 })).toMatchObject({
      ok: true,
      data: { to: 1, messages: [first] },
    })
    expect(await changesOf(app, '?after=0')).toMatchObject({ messages: [first] })
    const poll = changesOf(app, '?after=1&wait=20')
    const sent = await said(app, 3)
    expect((await poll).messages[0]).toEqual(sent[0])
    await eventually(() => {
      expect(reader.seen()).toEqual(sent)
      expect(plain.changes().flatMap(({ messages }) => messages)).toEqual(sent)
      expect(stream.seen()).toEqual(sent)
    })
    const { body } = await api(app).get(`/api/chat/messages/${first!.id}`).expect(200)
    expect(body).toEqual({ data: first })
  })

  test('is written into by nobody but the server', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const [message] = await said(app)
    const owner = await ownerToken(app)
    const member = await memberToken(app)
    const { token: bot } = await makeBot(app, owner, { nick: 'Robbie' })
    const { id } = message!
    for (const token of [owner, member, bot, undefined]) {
      const one = token ? await connect(app, { auth: { token } }) : await visitor(app, 'cy')
      const draft = { room: LESSON, id: randomUUID(), text: 'hej' }
      expect(await one.emit('message:send', draft)).toEqual(forbidden)
      expect(await one.emit('message:send', { ...draft, replyTo: id })).toEqual(forbidden)
      expect(await one.emit('message:edit', { id, text: 'hej' })).toEqual(forbidden)
      expect(await one.emit('message:delete', { id })).toEqual(forbidden)
      expect(await one.emit('message:restore', { id })).toEqual(forbidden)
      expect(await one.emit('message:react', { id, emoji: '👋', on: true })).toEqual(forbidden)
      expect(await one.emit('typing:set', { room: LESSON, on: true })).toEqual(forbidden)
      const by = bearer(token ?? one.welcome.token ?? '')
      await api(app).post(`/api/chat/messages/${id}/report`).set(by).expect(403)
      await api(app).delete(`/api/chat/messages/${id}`).set(by).expect(403)
    }
    await sayOver(app, bot, 'hej', LESSON).expect(403)
    await api(app).post(`/hooks/${bot}?room=${LESSON}`).type('text/plain').send('hej').expect(403)
    const form = await write(withoutScript.browser(app), { nick: 'bo', text: 'hej' }, `/chat/${LESSON}`)
    expect(form.status).toBe(404)
    expect(await stored(app)).toEqual([message])
    expect(await connect(app).then(({ welcome }) => welcome.people.map(({ nick }) => nick))).not.toContain(
      'bo',
    )
  })

  test('keeps its messages when the owner moderates their author', async () => {
    const app = await startApp()
    const messages = await said(app, 3)
    const owner = await ownerToken(app)
    const { id } = messages[0]!.author
    for (const action of ['mute', 'ban', 'erase']) await moderate(app, owner, { id, action }).expect(204)
    expect(await stored(app)).toEqual(messages)
    await said(app)
  })

  test('is neither changed, removed nor made', async () => {
    const app = await startApp()
    const owner = bearer(await ownerToken(app))
    const [message] = await said(app)
    const room = `/api/chat/rooms/${LESSON}`
    for (const request of [api(app).patch(room).send({ locked: true }), api(app).delete(room)]) {
      const { body } = await request.set(owner).expect(403)
      expect(body).toEqual(refusal(403, 'FORBIDDEN'))
    }
    await api(app).post('/api/chat/rooms').set(owner).send({ name: LESSON, title: 'Lesson' }).expect(400)
    expect(await stored(app)).toEqual([message])
  })
})

describe('what does not tell of the lesson', () => {
  test('no list, document, search or file has its room or its messages', async () => {
    const app = await startApp()
    await said(app, 2)
    const token = await ownerToken(app)
    const { welcome } = await connect(app, { auth: { token } })
    expect(welcome.rooms.map(({ name }) => name)).toEqual(['lobby'])
    for (const path of [
      '/chat/rooms',
      '/chat/conversations',
      '/chat/search?q=no',
      '/chat/about?path=/',
      '/me/words',
    ])
      for (const by of [{}, bearer(token)]) {
        const { text } = await api(app).get(`/api${path}`).set(by)
        expect([path, text]).toEqual([path, expect.not.stringMatching(/lesson|No\. \d/)])
      }
    for (const path of ['/sitemap.xml', '/feed.xml', '/', '/chat']) {
      const { text } = await api(app).get(path)
      expect([path, text]).toEqual([path, expect.not.stringMatching(/~lesson|No\. \d/)])
    }
    for (const path of [`/chat/${LESSON}`, `/chat/${LESSON}/1`]) {
      const { text } = await api(app).get(path).expect(404)
      expect(text).not.toMatch(/No\. \d/)
    }
    expect(await contentOf(app.db)).toBeNull()
    expect(await chat(app, 'export', '--room', LESSON)).toMatchObject({ code: 1, out: '' })
    const lines = file(app.folder, [line('ada', 'hej', 1)])
    expect(await chat(app, 'import', lines, '--room', LESSON)).toMatchObject({ code: 1 })
    expect(await stored(app)).toHaveLength(2)
  })

  test('no webhook, bot or browser is told of it', async () => {
    const { app, browser, token } = await startWithPush({ settings: receiveHere })
    const { url } = await startReceiver()
    const events = ['message.sent', 'message.edited', 'message.deleted', 'mention', 'conversation.message']
    const { webhook } = await addWebhook(app, token, { url, events })
    await said(app, 5)
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('hej')
    await browser.told(1)
    expect(await deliveriesOf(app, token, webhook.id)).toMatchObject([{ subject: id }])
    expect(browser.notifications()).toMatchObject([{ data: { room: 'lobby', id } }])
    const noticed = await app.db.selectFrom('pending_pushes').select('message_id').execute()
    expect(noticed).toEqual([])
    const rooms = [LESSON]
    await api(app).post('/api/bots').set(bearer(token)).send({ nick: 'Robbie', rooms }).expect(400)
    await api(app).post('/api/webhooks').set(bearer(token)).send({ url, events, rooms }).expect(400)
  })
})

describe('how long the lesson is kept', () => {
  test('a message goes after an hour, a later one stays, and readers go on at their cursor', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const reader = await connect(app)
    await reader.enter(null, LESSON)
    const [early] = await said(app)
    clock.advance(600_000)
    const [late] = await said(app)
    expect(await stored(app)).toEqual([early, late])
    clock.advance(3_600_000 - 600_000)
    expect(await stored(app)).toEqual([early, late])
    const left = (messages: (Message | undefined)[]) =>
      eventually(async () => {
        clock.advance(20_000)
        expect(await stored(app)).toEqual(messages)
      })
    await left([late])
    expect(await changesOf(app, '?after=1')).toMatchObject({ from: 1, to: 2, messages: [late] })
    const [last] = await said(app)
    await eventually(() => expect(reader.seen()).toEqual([early, late, last]))
    expect(reader.changes.some(({ reset }) => reset)).toBe(false)
    clock.advance(600_000)
    await left([last])
  })

  test('what became an hour old while the server was stopped goes at the start', async () => {
    const clock = manualClock()
    const before = await startApp({ clock })
    await said(before, 20)
    await before.close()
    clock.advance(3_600_001)
    const app = await startApp({ clock, folder: before.folder })
    await eventually(async () => expect(await stored(app)).toEqual([]))
    expect(await said(app)).toMatchObject([{ seq: 21, text: 'No. 21' }])
  })
})
