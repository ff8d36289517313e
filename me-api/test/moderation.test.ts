import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { done, idOf, noticed, ownerAndAda, refused, tokenOf } from './support/moderating.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, leave } from './support/visitors.ts'

describe('mute', () => {
  test('refuses every write but taking back, for its time, and says until when', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const { ada, order } = await ownerAndAda(app)
    const { id } = await ada.send('before')
    const notice = noticed(ada)
    expect(await order('mute', 10)).toEqual(done)
    expect(await notice).toEqual({ code: 'MUTED', message: expect.any(String), retryAfter: 600 })
    const next = crypto.randomUUID()
    expect(await ada.emit('message:send', { room: 'lobby', id: next, text: 'x' })).toMatchObject(
      refused('MUTED'),
    )
    expect(await ada.emit('message:edit', { id, text: 'y' })).toMatchObject(refused('MUTED'))
    expect(await ada.emit('message:react', { id, emoji: '👍', on: true })).toMatchObject(refused('MUTED'))
    expect(await ada.emit('nick:set', { nick: 'ada 2' })).toMatchObject(refused('MUTED'))
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(tokenOf(ada)))
      .send({ text: 'x' })
      .expect(403, /MUTED/)
    const known = await ada.send({ id, text: 'before' })
    expect(known.text).toBe('before')
    expect(await ada.emit('message:delete', { id })).toMatchObject({ ok: true })
    clock.advance(600_000)
    expect(await ada.send('after')).toMatchObject({ text: 'after' })
  })

  test('has them no longer seen to be writing', async () => {
    const app = await startApp()
    const { owner, ada, order } = await ownerAndAda(app)
    const heard: string[][] = []
    owner.socket.on('typing:changed', ({ nicks }) => heard.push(nicks))
    await owner.enter()
    await ada.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(heard).toEqual([['ada']]))
    await order('mute')
    await eventually(() => expect(heard).toEqual([['ada'], []]))
    expect(await ada.emit('typing:set', { room: 'lobby', on: true })).toMatchObject(refused('MUTED'))
  })

  test('of somebody who has left holds when they return, and they are told', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    await leave(app, ada)
    expect(await order('mute', 10)).toEqual(done)
    const back = await connect(app, { auth: { token: tokenOf(ada) } })
    const told = [{ code: 'MUTED', retryAfter: expect.any(Number) }]
    await eventually(() => expect(back.notices).toMatchObject(told))
  })

  test('that is forgiven is told as one with nothing left', async () => {
    const { ada, order } = await ownerAndAda(await startApp())
    await order('mute')
    const notice = noticed(ada)
    await order('forgive')
    expect(await notice).toMatchObject({ code: 'MUTED', retryAfter: 0 })
    await ada.send('back')
  })

  test('holds over a restart, and ends when forgiven', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    await order('mute')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    const back = await connect(restarted, { auth: { token: tokenOf(ada) } })
    expect(await back.emit('nick:set', { nick: 'ada 2' })).toMatchObject(refused('MUTED'))
    const owner = await connect(restarted, { auth: { token: await ownerToken(restarted) } })
    await owner.ask('visitor:moderate', { id: idOf(ada), action: 'forgive' })
    await back.setNick('ada 2')
  })
})

describe('visitor:moderate', () => {
  test.each([-1, 0, 1e9, 1.5])('takes no %d minutes', async (minutes) => {
    const { order } = await ownerAndAda(await startApp())
    expect(await order('mute', minutes)).toMatchObject({ error: { code: 'INVALID' } })
  })

  test('is done over REST as over a socket', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const order = (by: string, body: object) =>
      api(app).post('/api/chat/moderation').set(bearer(by)).send(body)
    const gone = ada.disconnected()
    await order(token, { id: idOf(ada), action: 'ban', minutes: 10 }).expect(204, '')
    await gone
    await order(token, { id: idOf(ada), action: 'ban', minutes: 1e9 }).expect(400, /INVALID/)
    for (const id of ['nobody', '\0']) await order(token, { id, action: 'ban' }).expect(404, /NOT_FOUND/)
    await order(tokenOf(ada), { id: idOf(ada), action: 'forgive' }).expect(403, /FORBIDDEN/)
  })

  test('is the owner’s alone, and not for the owner or for nobody', async () => {
    const { owner, ada } = await ownerAndAda(await startApp())
    const order = (by: Visitor, id: string) => by.emit('visitor:moderate', { id, action: 'ban' })
    expect(await order(ada, idOf(owner))).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(await order(owner, idOf(owner))).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(await order(owner, 'nobody')).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('by two at once leaves what the log says last', async () => {
    const app = await startApp()
    const { token, ada, order } = await ownerAndAda(app)
    const second = await connect(app, { auth: { token } })
    await Promise.all([
      order('mute', 5),
      second.ask('visitor:moderate', { id: idOf(ada), action: 'forgive' }),
      order('mute', 7),
    ])
    const { body } = await api(app).get('/api/chat/moderation').set(bearer(token)).expect(200)
    const { people, log } = (body as { data: { people: object[]; log: { action: string }[] } }).data
    const isMuted = log[0]?.action === 'mute'
    expect(people).toHaveLength(isMuted ? 1 : 0)
    expect((await ada.emit('nick:set', { nick: 'ada 2' })).ok).toBe(!isMuted)
  })
})

describe('what was done', () => {
  test('is the owner’s to read', async () => {
    const app = await startApp()
    const { token, ada, order } = await ownerAndAda(app)
    await order('mute', 10)
    await order('erase')
    const { body } = await api(app).get('/api/chat/moderation').set(bearer(token)).expect(200)
    expect(body).toMatchObject({
      data: {
        people: [{ id: idOf(ada), nick: 'ada', mutedUntil: expect.any(String), bannedUntil: null }],
        log: [
          { action: 'erase', minutes: null },
          { action: 'mute', minutes: 10, to: { id: idOf(ada), nick: 'ada' } },
        ],
      },
    })
    const other = await api(app)
      .get('/api/chat/moderation')
      .set(bearer(tokenOf(ada)))
    expect(other.body).toEqual(refusal(403, 'FORBIDDEN'))
  })

  test('also tells of messages that the owner deleted, and of none of their words', async () => {
    const app = await startApp()
    const { owner, token, ada } = await ownerAndAda(app)
    const [hers, own] = [await ada.send('words of hers'), await owner.send('my own')]
    await owner.ask('message:delete', { id: hers.id })
    await owner.ask('message:delete', { id: own.id })
    const { text } = await api(app).get('/api/chat/moderation').set(bearer(token)).expect(200)
    const { log } = (JSON.parse(text) as { data: { log: object[] } }).data
    expect(log).toMatchObject([{ action: 'delete', to: { id: idOf(ada), nick: 'ada' }, minutes: null }])
    expect(text).not.toContain('words of hers')
  })

  test('is changed and removed by nobody, not even in the database', async () => {
    const app = await startApp()
    const { order } = await ownerAndAda(app)
    await order('mute')
    await expect(app.db.updateTable('moderation_log').set({ nick: 'x' }).execute()).rejects.toThrow()
    await expect(app.db.deleteFrom('moderation_log').execute()).rejects.toThrow()
  })
})
