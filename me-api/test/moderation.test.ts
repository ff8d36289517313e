import { describe, expect, test } from '@jest/globals'
import type { Notice } from '../src/contract/index.ts'
import { networkOf } from '../src/chat/address-key.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const idOf = ({ welcome }: Visitor): string => welcome.self?.id ?? ''
const tokenOf = ({ welcome }: Visitor): string => welcome.token ?? ''

async function ownerAndAda(app: TestApp) {
  const token = await ownerToken(app)
  const owner = await connect(app, { auth: { token } })
  const ada = await visitor(app, 'ada', 'tab 1')
  const order = (action: string, minutes?: number) =>
    owner.emit('visitor:moderate', { id: idOf(ada), action, ...(minutes !== undefined && { minutes }) })
  return { owner, token, ada, order }
}

const noticed = (one: Visitor) => new Promise<Notice>((resolve) => one.socket.once('notice', resolve))
const done = { ok: true, data: null }
const refused = (code: string) => ({ ok: false, error: { code, retryAfter: expect.any(Number) } })

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

describe('ban', () => {
  test('ends the connection and refuses the identity, a new one, another tab, polling and REST', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    const [notice, gone] = [noticed(ada), ada.disconnected()]
    expect(await order('ban')).toEqual(done)
    expect(await notice).toMatchObject({ code: 'BANNED', retryAfter: 86_400 })
    await gone
    const banned = { code: 'BANNED', retryAfter: expect.any(Number) }
    const token = tokenOf(ada)
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { token }, transports: ['polling'] })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { nick: 'ada', tab: 'tab 1' } })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { nick: 'bo', tab: 'tab 2' } })).toMatchObject(banned)
    await api(app)
      .post('/api/chat/visitors')
      .send({ nick: 'bo' })
      .expect(403, /BANNED/)
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'x' })
      .expect(403, /BANNED/)
    const reader = await connect(app)
    expect(await reader.enter()).toMatchObject({ room: 'lobby' })
    expect(await reader.emit('nick:set', { nick: 'bo' })).toMatchObject(refused('BANNED'))
  })

  test('leaves members at its address alone, ends with its time, and sooner when forgiven', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const { ada, order } = await ownerAndAda(app)
    await order('ban', 10)
    clock.advance(600_000)
    await visitor(app, 'bo')
    await order('ban', 10)
    expect(await refusedConnection(app, { auth: { nick: 'cy' } })).toMatchObject({ code: 'BANNED' })
    const member = await connect(app, { auth: { token: await memberToken(app) } })
    await member.send('still here')
    await order('forgive')
    await visitor(app, 'cy')
    await connect(app, { auth: { token: tokenOf(ada) } })
  })

  test('of a member refuses their account', async () => {
    const app = await startApp()
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const token = await memberToken(app)
    const member = await connect(app, { auth: { token } })
    const gone = member.disconnected()
    await owner.ask('visitor:moderate', { id: idOf(member), action: 'ban' })
    await gone
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject({ code: 'BANNED' })
  })

  test('closes no address where addresses are not to be believed', async () => {
    const app = await startApp()
    const { order } = await ownerAndAda(app)
    await order('ban')
    await connect(app, { auth: { nick: 'bo' }, headers: { 'x-forwarded-for': '192.0.2.1' } })
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('knows %s as %s', (address, network) => expect(networkOf(address)).toBe(network))
})

describe('erase', () => {
  test('deletes all that somebody wrote, and readers see it', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const { owner, ada, order } = await ownerAndAda(app)
    await owner.enter()
    for (let count = 0; count < 3; count++) await ada.send(`word ${count}`)
    const kept = await owner.send('kept')
    expect(await order('erase')).toEqual(done)
    await eventually(() => expect(owner.seen().filter(({ deletedAt }) => deletedAt)).toHaveLength(3))
    const { body } = await api(app).get('/api/chat/rooms/lobby/messages').expect(200)
    const texts = (body as { data: { messages: { text: string }[] } }).data.messages.map(({ text }) => text)
    expect(texts).toEqual(['', '', '', kept.text])
  })
})

describe('visitor:moderate', () => {
  test.each([-1, 0, 1e9, 1.5])('takes no %d minutes', async (minutes) => {
    const { order } = await ownerAndAda(await startApp())
    expect(await order('mute', minutes)).toMatchObject({ error: { code: 'INVALID' } })
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

  test('is changed and removed by nobody, not even in the database', async () => {
    const app = await startApp()
    const { order } = await ownerAndAda(app)
    await order('mute')
    await expect(app.db.updateTable('moderation_log').set({ nick: 'x' }).execute()).rejects.toThrow()
    await expect(app.db.deleteFrom('moderation_log').execute()).rejects.toThrow()
  })
})
