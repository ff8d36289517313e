import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import {
  done,
  idOf,
  moderate,
  noticed,
  overview,
  ownerAndAda,
  refused,
  tokenOf,
} from './support/moderation.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, leave } from './support/visitors.ts'

describe('mutes', () => {
  test('a mute refuses every write but deletions for its time, and says how long', async () => {
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

  test('a mute ends the typing indicator and refuses typing', async () => {
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

  test('a mute of an absent visitor holds when they return, and sends them a notice', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    await leave(app, ada)
    expect(await order('mute', 10)).toEqual(done)
    const back = await connect(app, { auth: { token: tokenOf(ada) } })
    const told = [{ code: 'MUTED', retryAfter: expect.any(Number) }]
    await eventually(() => expect(back.notices).toMatchObject(told))
  })

  test('a forgiven mute is announced with no time left', async () => {
    const { ada, order } = await ownerAndAda(await startApp())
    await order('mute')
    const notice = noticed(ada)
    await order('forgive')
    expect(await notice).toMatchObject({ code: 'MUTED', retryAfter: 0 })
    await ada.send('back')
  })

  test('a mute holds over a restart and ends when forgiven', async () => {
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
  test.each([-1, 0, 1e9, 1.5])('visitor:moderate refuses %d minutes', async (minutes) => {
    const { order } = await ownerAndAda(await startApp())
    expect(await order('mute', minutes)).toMatchObject({ error: { code: 'INVALID' } })
  })

  test('the owner moderates over REST too', async () => {
    const app = await startApp()
    const { token, ada } = await ownerAndAda(app)
    const order = (by: string, body: object) => moderate(app, by, body)
    const gone = ada.disconnected()
    await order(token, { id: idOf(ada), action: 'ban', minutes: 10 }).expect(204, '')
    await gone
    await order(token, { id: idOf(ada), action: 'ban', minutes: 1e9 }).expect(400, /INVALID/)
    for (const id of ['nobody', '\0']) await order(token, { id, action: 'ban' }).expect(404, /NOT_FOUND/)
    await order(tokenOf(ada), { id: idOf(ada), action: 'forgive' }).expect(403, /FORBIDDEN/)
  })

  test('only the owner may moderate, and only other existing people', async () => {
    const { owner, ada } = await ownerAndAda(await startApp())
    const order = (by: Visitor, id: string) => by.emit('visitor:moderate', { id, action: 'ban' })
    expect(await order(ada, idOf(owner))).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(await order(owner, idOf(owner))).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(await order(owner, 'nobody')).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('simultaneous orders leave the state of the last logged order', async () => {
    const app = await startApp()
    const { token, ada, order } = await ownerAndAda(app)
    const second = await connect(app, { auth: { token } })
    await Promise.all([
      order('mute', 5),
      second.ask('visitor:moderate', { id: idOf(ada), action: 'forgive' }),
      order('mute', 7),
    ])
    const { people, log } = await overview(app, token)
    const isMuted = log[0]?.action === 'mute'
    expect(people).toHaveLength(isMuted ? 1 : 0)
    expect((await ada.emit('nick:set', { nick: 'ada 2' })).ok).toBe(!isMuted)
  })
})

describe('the moderation log', () => {
  test('only the owner reads the moderation log', async () => {
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

  test('the moderation log lists deletions by the owner without the text', async () => {
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

  test('the database refuses changes to the moderation log', async () => {
    const app = await startApp()
    const { order } = await ownerAndAda(app)
    await order('mute')
    await expect(app.db.updateTable('moderation_log').set({ nick: 'x' }).execute()).rejects.toThrow()
    await expect(app.db.deleteFrom('moderation_log').execute()).rejects.toThrow()
  })
})
