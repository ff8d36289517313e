import { describe, expect, test } from '@jest/globals'
import { tokenOf } from './support/moderation.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'
import {
  addWebhook,
  changeWebhook,
  deliveredAs,
  deliveriesOf,
  post,
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
      'create-webhook hooks.example.org',
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
    const sent = (await deliveriesOf(app, token, id)).find(({ event }) => event === 'message.sent')
    expect(sent).toMatchObject({ subject, answer: { status: 200, body: null } })
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
