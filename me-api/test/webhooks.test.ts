import { describe, expect, test } from '@jest/globals'
import { Webhook as Standard } from 'standardwebhooks'
import { conversation, withToken } from './support/conversations.ts'
import { tokenOf } from './support/moderation.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
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
  webhookOf,
} from './support/webhooks.ts'

const url = 'https://hooks.example.org/1'

describe('the owner’s webhooks', () => {
  test('one is made, read, changed, switched off and on, and removed', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    const { webhook, secret } = await addWebhook(app, token, {
      ...{ url, format: 'slack', rooms: ['lobby'] },
      events: ['message.sent', 'mention', 'mention'],
    })
    expect(webhook).toMatchObject({
      ...{ url, format: 'slack', rooms: ['lobby'], events: ['message.sent', 'mention'] },
      ...{ on: true, off: null, failingSince: null },
    })
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    expect(await webhookOf(app, token, webhook.id)).toEqual(webhook)
    const changes = { url: `${url}2`, events: ['report.created'], rooms: null, on: false }
    const { body } = await changeWebhook(app, token, webhook.id, changes).expect(200)
    expect(body).toEqual({ data: { ...webhook, ...changes, off: 'owner' } })
    await changeWebhook(app, token, webhook.id, { on: true }).expect(200)
    const list = await api(app).get('/api/webhooks').set(bearer(token)).expect(200)
    expect(list.body).toEqual({ data: [{ ...webhook, ...changes, on: true, off: null }] })
    expect(JSON.stringify(list.body)).not.toContain('whsec_')
    await api(app).delete(`/api/webhooks/${webhook.id}`).set(bearer(token)).expect(204)
    for (const method of ['get', 'patch', 'delete'] as const)
      expect(
        (await api(app)[method](`/api/webhooks/${webhook.id}`).set(bearer(token)).send({})).body,
      ).toEqual(refusal(404, 'NOT_FOUND'))
    const overview = await api(app).get('/api/chat/moderation').set(bearer(token)).expect(200)
    const { account } = (overview.body as { data: { account: { action: string; subject: string }[] } }).data
    expect(account.slice(0, 4).map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'remove-webhook hooks.example.org',
      'change-webhook hooks.example.org',
      'change-webhook hooks.example.org',
      'add-webhook hooks.example.org',
    ])
  })

  test('nobody else has any', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    const { webhook } = await addWebhook(app, token, { url, events: ['message.sent'] })
    const member = await memberToken(app)
    const guest = tokenOf(await visitor(app, 'bo'))
    const paths = [
      ['get', '/api/webhooks'],
      ['post', '/api/webhooks'],
      ['get', `/api/webhooks/${webhook.id}`],
      ['patch', `/api/webhooks/${webhook.id}`],
      ['delete', `/api/webhooks/${webhook.id}`],
      ['post', `/api/webhooks/${webhook.id}/test`],
      ['get', `/api/webhooks/${webhook.id}/deliveries`],
      ['post', `/api/webhooks/${webhook.id}/deliveries/msg_1/replay`],
    ] as const
    for (const [method, path] of paths) {
      expect(
        (
          await api(app)
            [method](path)
            .send({ url, events: ['mention'] })
        ).status,
      ).toBe(401)
      for (const other of [member, guest])
        expect((await api(app)[method](path).set(bearer(other)).send({})).status).toBe(403)
    }
    expect(await webhookOf(app, token, webhook.id)).toEqual(webhook)
  })

  test('there are twenty at most', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    for (let number = 1; number <= 20; number++)
      await addWebhook(app, token, { url: `${url}${number}`, events: ['mention'] })
    const { body } = await post(app, token, '/api/webhooks', { url, events: ['mention'] }).expect(409)
    expect(body).toEqual(refusal(409, 'CONFLICT'))
  })

  test.each([
    [{ events: ['message.sent'] }, '/url'],
    [{ url, events: [] }, '/events'],
    [{ url, events: ['message.read'] }, '/events/0'],
    [{ url, events: ['mention'], format: 'xml' }, '/format'],
    [{ url, events: ['mention'], rooms: [] }, '/rooms'],
    [{ url, events: ['mention'], rooms: ['lobby', 'attic'] }, '/rooms/1'],
    [{ url, events: ['mention'], rooms: ['~0123456789012345678901234'] }, '/rooms/0'],
  ])('refused: %j', async (webhook, pointer) => {
    const app = await startApp()
    const token = await ownerToken(app)
    const { body } = await post(app, token, '/api/webhooks', webhook).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', pointer))
  })
})

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

test('without a webhook that listens nothing is stored', async () => {
  const { app } = await startWithWebhook({ events: ['report.created'] })
  const ada = await visitor(app, 'ada')
  await ada.send('words')
  expect(await app.db.selectFrom('webhook_deliveries').selectAll().execute()).toEqual([])
})

describe('what is kept', () => {
  test('no words: neither in what waits nor in the log, also where a receiver repeats them', async () => {
    const { app, receiver, id, token } = await startWithWebhook({
      events: ['message.sent', 'message.edited', 'visitor.joined'],
    })
    receiver.respond = (res, { body }) => void res.end(`you said: ${body.slice(-400)}`)
    const ada = await visitor(app, 'ada')
    const { id: subject } = await ada.send('secret plan')
    await deliveredAs(app, token, id, { status: 'delivered', subject })
    const stored = async () =>
      JSON.stringify(await app.db.selectFrom('webhook_deliveries').selectAll().execute())
    expect(await stored()).toContain('secret plan')
    await ada.ask('message:edit', { id: subject, text: 'a plan' })
    const [edited] = await deliveriesOf(app, token, id)
    expect(edited).toMatchObject({ subject, answer: { status: 200, body: null } })
    expect(await stored()).not.toContain('secret plan')
    await deliveredAs(app, token, id, { event: 'message.edited', status: 'delivered' })
    expect(await stored()).toContain('a plan')
    await api(app)
      .delete('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(204)
    expect(await stored()).not.toContain('a plan')
    const joined = async () => (await deliveriesOf(app, token, id)).at(-1)
    expect(await joined()).toMatchObject({
      event: 'visitor.joined',
      answer: { body: expect.stringMatching('ada') },
    })
    await ada.setNick('eve')
    expect(await joined()).toMatchObject({ answer: { body: null } })
  })

  test('the log comes in pages, newest first', async () => {
    const { app, token, receiver, id } = await startWithWebhook()
    const ada = await visitor(app, 'ada')
    for (const text of ['one', 'two', 'three']) await ada.send(text)
    await receiver.came(3)
    const page = async (query: string) => {
      const path = `/api/webhooks/${id}/deliveries?${query}`
      const { body } = await api(app).get(path).set(bearer(token)).expect(200)
      return (body as { data: { deliveries: { id: string }[]; more: boolean } }).data
    }
    const all = await deliveriesOf(app, token, id)
    expect(all).toHaveLength(3)
    const first = await page('limit=2')
    expect(first).toMatchObject({ deliveries: all.slice(0, 2), more: true })
    expect(await page(`limit=2&before=${first.deliveries[1]?.id}`)).toMatchObject({
      deliveries: all.slice(2),
      more: false,
    })
    await api(app).get(`/api/webhooks/${id}/deliveries?before=nothing`).set(bearer(token)).expect(404)
  })
})
