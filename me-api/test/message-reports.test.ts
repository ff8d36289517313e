import { describe, expect, test } from '@jest/globals'
import { idOf, overview, ownerAndAda, tokenOf } from './support/moderation.ts'
import { api, bearer, refusal, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

const report = (app: TestApp, id: string, token: string) =>
  api(app).post(`/api/chat/messages/${id}/report`).set(bearer(token))
const dismiss = (app: TestApp, id: string, token: string) =>
  api(app).delete(`/api/chat/messages/${id}/report`).set(bearer(token))

describe('reporting a message', () => {
  test('the owner sees a reported message with the count and times of its reports', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const bo = await visitor(app, 'bo')
    const message = await ada.send('something unkind')
    await report(app, message.id, tokenOf(bo)).expect(204, '')
    await report(app, message.id.toUpperCase(), tokenOf(bo)).expect(204)
    const member = { email: 'cy@example.org', password: 'ten letters or more', nick: 'cy' }
    await api(app).post('/api/register').send(member).expect(201)
    await api(app)
      .post(`/api/chat/messages/${message.id}/report`)
      .set({ cookie: `me_session=${await signIn(app, member)}` })
      .expect(204)
    const time = expect.stringMatching(/^\d{4}-.*Z$/)
    const reported = { text: 'something unkind', nick: 'ada', at: message.sentAt }
    expect((await overview(app, token)).reports).toEqual([
      { message, reported, count: 2, firstAt: time, lastAt: time },
    ])
  })

  test('a dismissed report is gone and logged, and the same person cannot repeat it', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const [bo, cy] = [await visitor(app, 'bo'), await visitor(app, 'cy')]
    const { id } = await ada.send('a matter of taste')
    await report(app, id, tokenOf(bo)).expect(204)
    await dismiss(app, id, token).expect(204, '')
    await report(app, id, tokenOf(bo)).expect(204)
    const after = await overview(app, token)
    expect(after.reports).toEqual([])
    expect(after.log).toMatchObject([{ action: 'dismiss', to: { id: idOf(ada) }, minutes: null }])
    expect(JSON.stringify(after)).not.toContain('a matter of taste')
    await report(app, id, tokenOf(cy)).expect(204)
    expect((await overview(app, token)).reports).toMatchObject([{ count: 1 }])
  })

  test('a report is settled when the owner deletes its message', async () => {
    const app = await startApp()
    const { owner, token, ada } = await ownerAndAda(app)
    const bo = await visitor(app, 'bo')
    const { id } = await ada.send('said in haste')
    await report(app, id, tokenOf(bo)).expect(204)
    await owner.ask('message:delete', { id })
    expect((await overview(app, token)).reports).toEqual([])
    await report(app, id, tokenOf(bo)).expect(404, /NOT_FOUND/)
    await dismiss(app, id, token).expect(404, /NOT_FOUND/)
  })

  test('a report is settled when the owner deletes its message over REST, which other people cannot', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const bo = await visitor(app, 'bo')
    const { id } = await ada.send('said in haste')
    await report(app, id, tokenOf(bo)).expect(204)
    const remove = (id: string, as: string) => api(app).delete(`/api/chat/messages/${id}`).set(bearer(as))
    await api(app)
      .delete(`/api/chat/messages/${id}`)
      .expect(401, /UNAUTHENTICATED/)
    await remove(id, tokenOf(bo)).expect(403, /FORBIDDEN/)
    await remove('nothing', token).expect(404, /NOT_FOUND/)
    const { body } = await remove(id.toUpperCase(), token).expect(200)
    expect(body).toMatchObject({ data: { id, text: '', deletedAt: expect.any(String) } })
    expect(await overview(app, token)).toMatchObject({
      reports: [],
      log: [{ action: 'delete', to: { id: idOf(ada) } }],
    })
  })

  test('a report needs a person, an existing message and another author', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    const bo = await visitor(app, 'bo')
    const { id } = await ada.send('hej')
    const nobody = await api(app).post(`/api/chat/messages/${id}/report`)
    expect([nobody.status, nobody.body]).toEqual([401, refusal(401, 'UNAUTHENTICATED')])
    await report(app, id, 'no token').expect(401, /TOKEN_INVALID/)
    await report(app, 'nothing', tokenOf(bo)).expect(404, /NOT_FOUND/)
    await report(app, crypto.randomUUID(), tokenOf(bo)).expect(404, /NOT_FOUND/)
    await report(app, id, tokenOf(ada)).expect(403, /FORBIDDEN/)
    await api(app).get(`/api/chat/messages/${id}/report`).expect(405).expect('Allow', 'DELETE, POST')
    const { id: his } = await bo.send('hej hej')
    await order('ban')
    await report(app, his, tokenOf(ada)).expect(403, /BANNED/)
  })

  test('only the owner dismisses a report, and only one that exists', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const { id } = await ada.send('hej')
    await dismiss(app, id, tokenOf(ada)).expect(403, /FORBIDDEN/)
    await dismiss(app, id, token).expect(404, /NOT_FOUND/)
  })

  test('a person may report ten messages before the rate limit', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const { ada } = await ownerAndAda(app)
    const bo = await visitor(app, 'bo')
    const ids: string[] = []
    for (let count = 0; count < 11; count++) ids.push((await ada.send(`word ${count}`)).id)
    for (const id of ids.slice(0, 10)) await report(app, id, tokenOf(bo)).expect(204)
    const { headers } = await report(app, ids[10] ?? '', tokenOf(bo)).expect(429, /RATE_LIMITED/)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await report(app, ids[0] ?? '', tokenOf(bo)).expect(204)
  })
})
