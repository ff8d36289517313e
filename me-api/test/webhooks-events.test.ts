import { describe, expect, test } from '@jest/globals'
import { Webhook as Standard } from 'standardwebhooks'
import { makeBot, say } from './support/bots.ts'
import { conversation, withToken } from './support/conversations.ts'
import { api, bearer } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'
import {
  addWebhook,
  changeWebhook,
  deliveredAs,
  deliveriesOf,
  post,
  receiveHere,
  startReceiver,
  startWithWebhook,
} from './support/webhooks.ts'

describe('what is told', () => {
  test('a message, signed as Standard Webhooks says', async () => {
    const { app, receiver, secret } = await startWithWebhook()
    const message = await (await visitor(app, 'ada')).send('hello <b>&</b> å 🦊')
    const { headers, body } = await receiver.came()
    expect(new Standard(secret).verify(body, headers as Record<string, string>)).toEqual({
      type: 'message.sent',
      timestamp: expect.any(String),
      data: {
        message,
        room: { name: 'lobby', title: 'Lobby' },
        url: `${app.url}/chat/lobby/${message.seq}`,
      },
    })
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' })
    expect(() => new Standard(secret).verify(`${body} `, headers as Record<string, string>)).toThrow()
  })

  test('edits and deletions of what was told', async () => {
    const { app, receiver } = await startWithWebhook()
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('one')
    await receiver.came()
    await ada.ask('message:react', { id, emoji: '👍', on: true })
    await ada.ask('message:edit', { id, text: 'two' })
    await receiver.came(2)
    await ada.ask('message:delete', { id })
    await receiver.came(3)
    expect(receiver.texts()).toEqual(['message.sent: one', 'message.edited: two', 'message.deleted: '])
  })

  test('a mention of the owner, by somebody else', async () => {
    const { app, token, receiver } = await startWithWebhook({ events: ['mention'] })
    const owner = await connect(app, { auth: { token } })
    const nick = owner.welcome.self?.nick
    const ada = await visitor(app, 'ada')
    await owner.send(`I am @${nick}`)
    await ada.send('nobody in particular')
    await ada.send(`hello @${nick}`)
    await receiver.came()
    expect(receiver.texts()).toEqual([`mention: hello @${nick}`])
  })

  test('private words as conversation.message alone', async () => {
    const { app, token, receiver } = await startWithWebhook()
    const other = await startReceiver()
    await addWebhook(app, token, {
      ...{ url: other.url, rooms: ['lobby'] },
      events: ['conversation.message', 'mention'],
    })
    const ada = await withToken(await visitor(app, 'ada'))
    const { name: room } = await conversation(app, ada.token)
    const { id } = await ada.send({ room, text: 'psst' })
    await ada.ask('message:edit', { id, text: 'psst!' })
    await ada.send('aloud')
    await receiver.came()
    await other.came()
    expect(receiver.texts()).toEqual(['message.sent: aloud'])
    expect(other.payloads()[0]).toMatchObject({
      type: 'conversation.message',
      data: { room: { name: room } },
    })
    expect(other.received).toHaveLength(1)
  })

  test('nothing of rooms that not everybody may read, nor of others than those chosen', async () => {
    const { app, token, receiver } = await startWithWebhook(
      { events: ['message.sent'] },
      { mayRead: (by, room) => room !== 'attic' || by !== null },
    )
    for (const name of ['attic', 'cellar'])
      await post(app, token, '/api/chat/rooms', { name, title: name }).expect(201)
    const cellar = await startReceiver()
    await addWebhook(app, token, { url: cellar.url, events: ['message.sent'], rooms: ['cellar'] })
    const ada = await visitor(app, 'ada')
    for (const room of ['attic', 'lobby', 'cellar']) await ada.send({ room, text: room })
    await receiver.came(2)
    await cellar.came()
    expect(receiver.texts()).toEqual(['message.sent: lobby', 'message.sent: cellar'])
    expect(cellar.texts()).toEqual(['message.sent: cellar'])
  })

  test('a new report and a new visitor', async () => {
    const { app, token, receiver } = await startWithWebhook({ events: ['report.created', 'visitor.joined'] })
    const ada = await visitor(app, 'ada')
    await receiver.came()
    const report = { week: 3, title: 'Third', text: 'Words.' }
    await post(app, token, '/api/reports', report).expect(201)
    await post(app, token, '/api/reports', report).expect(409)
    await receiver.came(2)
    await ada.setNick('ada two')
    await post(app, token, '/api/chat/visitors', { nick: 'bo' }).expect(201)
    await receiver.came(3)
    expect(receiver.payloads()).toMatchObject([
      { type: 'visitor.joined', data: { person: { nick: 'ada', role: 'visitor' }, url: `${app.url}/chat` } },
      {
        type: 'report.created',
        data: { report: { week: 3, title: 'Third' }, url: `${app.url}/reports/week/3` },
      },
      { type: 'visitor.joined', data: { person: { nick: 'bo' } } },
    ])
  })

  test('links begin with SITE_URL where it is set', async () => {
    const settings = { SITE_URL: 'https://ada.example' }
    const receiver = await startReceiver()
    const app = await startApp({ settings: { ...receiveHere, ...settings } })
    const headers = { Host: 'ada.example' }
    await app.app.owner.set({ email: 'owner@example.org', password: 'correct horse battery' })
    const signedIn = await api(app)
      .post('/api/login')
      .set(headers)
      .send({ email: 'owner@example.org', password: 'correct horse battery' })
      .expect(200)
    const { token } = (signedIn.body as { data: { token: string } }).data
    const made = await api(app)
      .post('/api/webhooks')
      .set({ ...headers, ...bearer(token) })
      .send({ url: receiver.url, events: ['mention'] })
      .expect(201)
    const { id } = (made.body as { data: { webhook: { id: string } } }).data.webhook
    await api(app)
      .post(`/api/webhooks/${id}/test`)
      .set({ ...headers, ...bearer(token) })
      .expect(202)
    await receiver.came()
    expect(receiver.payloads()[0]?.data.url).toBe('https://ada.example/integrations')
  })

  test('a test, also to a webhook that is off, which is told nothing else', async () => {
    const { app, token, receiver, id } = await startWithWebhook()
    await changeWebhook(app, token, id, { on: false }).expect(200)
    await (await visitor(app, 'ada')).send('unheard')
    receiver.answer = { status: 500, body: 'no' }
    await post(app, token, `/api/webhooks/${id}/test`).expect(202)
    const [delivery] = await deliveredAs(app, token, id, { status: 'failed' })
    expect(delivery).toMatchObject({
      ...{ event: 'test', attempts: 1, error: null, nextAttemptAt: null, subject: null },
      answer: { status: 500, body: 'no' },
    })
    expect(receiver.texts()).toEqual(['test'])
    expect(await deliveriesOf(app, token, id)).toHaveLength(1)
  })
})

test('what a bot writes is told to nobody, so that a webhook to a hook of this site does not go round', async () => {
  const { app, token, receiver } = await startWithWebhook({
    events: ['message.sent', 'message.edited', 'message.deleted', 'mention', 'conversation.message'],
  })
  const { token: botsToken } = await makeBot(app, token, { nick: 'Robbie' })
  for (const format of ['slack', 'discord', 'ntfy'])
    await addWebhook(app, token, {
      ...{ url: `${app.url}/hooks/${botsToken}`, format },
      events: ['message.sent', 'message.edited', 'message.deleted'],
    })
  await say(app, botsToken, 'beep').expect(201)
  const ada = await visitor(app, 'ada')
  await ada.enter()
  await ada.send('hello')
  const byBot = () => ada.seen().filter(({ author }) => author.role === 'bot')
  await eventually(() => expect(byBot()).toHaveLength(3))
  await ada.send('bye')
  await eventually(() => expect(byBot()).toHaveLength(6))
  expect(await app.db.selectFrom('webhook_deliveries').select('id').execute()).toHaveLength(2 * 4)
  expect(receiver.texts()).toEqual(['message.sent: hello', 'message.sent: bye'])
})
