import { describe, expect, test } from '@jest/globals'
import { idOf, noticed, ownerAndAda, tokenOf } from './support/moderation.ts'
import { api, bearer } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, refusedConnection } from './support/visitors.ts'

const order = (owner: Visitor, one: Visitor, rest: object) =>
  owner.emit('visitor:moderate', { id: idOf(one), ...rest })

describe('the reason of a sanction', () => {
  test('the reason of a ban is in the notice, the refused handshake, REST answers and the log, also after a restart', async () => {
    const app = await startApp()
    const { owner, token, ada } = await ownerAndAda(app)
    const notice = noticed(ada)
    await order(owner, ada, { action: 'ban', reason: '  You know why.\n' })
    expect(await notice).toMatchObject({ code: 'BANNED', retryAfter: 86_400, reason: 'You know why.' })
    const refusal = { code: 'BANNED', reason: 'You know why.', retryAfter: expect.any(Number) }
    const auth = { token: tokenOf(ada) }
    expect(await refusedConnection(app, { auth })).toMatchObject(refusal)
    const { body } = await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(tokenOf(ada)))
      .send({ text: 'x' })
      .expect(403)
    expect(body).toMatchObject({ errors: [{ code: 'BANNED', reason: 'You know why.' }] })
    const log = await api(app).get('/api/chat/moderation').set(bearer(token))
    expect(log.body).toMatchObject({
      data: {
        people: [{ muteReason: null, banReason: 'You know why.' }],
        log: [{ action: 'ban', reason: 'You know why.' }],
      },
    })
    // Another person at that address is told nothing about her.
    expect(await refusedConnection(app, { auth: { nick: 'bo' } })).not.toHaveProperty('reason')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    expect(await refusedConnection(restarted, { auth })).toMatchObject(refusal)
  })

  test('the reason of a mute is in the notice, in refusals and after a reconnect, until a mute without a reason', async () => {
    const app = await startApp()
    const { owner, ada } = await ownerAndAda(app)
    const notice = noticed(ada)
    await order(owner, ada, { action: 'mute', reason: 'Sleep on it.' })
    expect(await notice).toMatchObject({ code: 'MUTED', reason: 'Sleep on it.' })
    expect(await ada.emit('nick:set', { nick: 'ada 2' })).toMatchObject({
      error: { code: 'MUTED', reason: 'Sleep on it.' },
    })
    const back = await connect(app, { auth: { token: tokenOf(ada) } })
    await eventually(() => expect(back.notices).toMatchObject([{ reason: 'Sleep on it.' }]))
    await order(owner, ada, { action: 'mute' })
    const { error } = (await back.emit('nick:set', { nick: 'ada 2' })) as { error: object }
    expect(error).toEqual({ code: 'MUTED', message: expect.any(String), retryAfter: expect.any(Number) })
  })

  test('the reason of a sanction has 1 to 200 code points after trimming', async () => {
    const app = await startApp()
    const { owner, token, ada } = await ownerAndAda(app)
    const mute = (reason: unknown) => order(owner, ada, { action: 'mute', reason })
    expect(await mute(` ${'🙂'.repeat(200)} `)).toMatchObject({ ok: true })
    expect(await mute('🙂'.repeat(201))).toMatchObject({ error: { code: 'TOO_LONG' } })
    for (const reason of ['', '  ', 7, null, {}])
      expect(await mute(reason)).toMatchObject({ error: { code: 'INVALID' } })
    await api(app)
      .post('/api/chat/moderation')
      .set(bearer(token))
      .send({ id: idOf(ada), action: 'ban', reason: 'x'.repeat(201) })
      .expect(400, /TOO_LONG/)
  })
})
