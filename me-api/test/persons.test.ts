import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { idOf, noticed, overview, ownerAndAda, refused, tokenOf } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect, leave, refusedConnection, visitor } from './support/visitors.ts'

const settings = { LIMIT_NEWCOMER: 'off', TRUST_PROXY: '1' }
const from = (address: string) => ({ 'x-forwarded-for': address })
const mute = (by: Visitor, one: Visitor) => by.ask('visitor:moderate', { id: idOf(one), action: 'mute' })
const sends = (one: Visitor) =>
  one.emit('message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'x' })

/** Makes an account with somebody's token or cookie, and signs in with it. */
async function registered(app: TestApp, proof: Record<string, string>, nick = 'Ada'): Promise<string> {
  const account = { ...memberAccount, email: `${nick}@example.org`, nick }
  await api(app).post('/api/register').set(proof).send(account).expect(201)
  return signIn(app, account)
}

describe('muted visitors and their accounts', () => {
  test('a muted visitor stays muted with an account made with their token, also over REST and after a restart', async () => {
    const app = await startApp({ settings })
    const { ada, order, token } = await ownerAndAda(app)
    await order('mute', 10)
    const hers = await registered(app, bearer(tokenOf(ada)))
    const member = await connect(app, { auth: { token: hers } })
    expect(await sends(member)).toMatchObject(refused('MUTED'))
    expect(await member.emit('nick:set', { nick: 'somebody' })).toMatchObject(refused('MUTED'))
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(hers))
      .send({ text: 'x' })
      .expect(403, /MUTED/)
    const { people } = await overview(app, token)
    expect(people.map(({ id }) => id).toSorted()).toEqual([idOf(ada), idOf(member)].toSorted())
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    const back = await connect(restarted, { auth: { token: hers } })
    expect(await sends(back)).toMatchObject(refused('MUTED'))
  })

  test.each(['visitor', 'member'])(
    'a muted visitor with an account is free as both when forgiven as the %s',
    async (which) => {
      const app = await startApp({ settings })
      const { owner, ada, order, token } = await ownerAndAda(app)
      await order('mute')
      const member = await connect(app, { auth: { token: await registered(app, bearer(tokenOf(ada))) } })
      const notice = noticed(which === 'visitor' ? member : ada)
      const id = idOf(which === 'visitor' ? ada : member)
      await owner.ask('visitor:moderate', { id, action: 'forgive' })
      expect(await notice).toMatchObject({ code: 'MUTED', retryAfter: 0 })
      await member.send('free')
      expect((await overview(app, token)).people).toEqual([])
      // The nick is the account's now.
      const back = await connect(app, { auth: { token: tokenOf(ada) } })
      await back.setNick('ada again')
      await back.send('free')
    },
  )

  test('a muted visitor stays muted with another nick in the same tab or by their token', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const { ada, order } = await ownerAndAda(app)
    await order('mute')
    const other = await connect(app, { auth: { nick: 'bo', tab: 'tab 1' } })
    expect(idOf(other)).not.toBe(idOf(ada))
    expect(await sends(other)).toMatchObject(refused('MUTED'))
    const third = await connect(app, { auth: { tab: 'tab 1' } })
    await third.setNick('cy')
    expect(await sends(third)).toMatchObject(refused('MUTED'))
    const made = await api(app)
      .post('/api/chat/visitors')
      .set(bearer(tokenOf(ada)))
      .send({ nick: 'script' })
      .expect(201)
    const { token } = (made.body as { data: { token: string } }).data
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'x' })
      .expect(403, /MUTED/)
    await (await connect(app, { auth: { nick: 'dy', tab: 'tab 2' } })).send('another tab is another person')
    clock.advance(24 * 3_600_000)
    await other.send('over')
  })

  test('a muted visitor stays muted with another nick in the same tab after a restart', async () => {
    const app = await startApp({ settings })
    const { ada, order } = await ownerAndAda(app)
    await order('mute')
    await leave(app, ada)
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    const other = await connect(restarted, { auth: { nick: 'bo', tab: 'tab 1' } })
    expect(await sends(other)).toMatchObject(refused('MUTED'))
  })
})

describe('muted members and their other identities', () => {
  test('a muted member is muted as their former visitor and with a second account made by the first', async () => {
    const app = await startApp({ settings })
    const { owner, ada } = await ownerAndAda(app)
    const token = await registered(app, bearer(tokenOf(ada)))
    const member = await connect(app, { auth: { token } })
    await mute(owner, member)
    expect(await ada.emit('nick:set', { nick: 'ada 2' })).toMatchObject(refused('MUTED'))
    const second = await connect(app, {
      auth: { token: await registered(app, { cookie: `me_session=${token}` }, 'Bo') },
    })
    expect(await sends(second)).toMatchObject(refused('MUTED'))
  })

  test('a muted member is muted as a visitor in the same tab or with their session cookie', async () => {
    const app = await startApp({ settings })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const token = await memberToken(app)
    const member = await connect(app, { auth: { token, tab: 'tab 9' } })
    await mute(owner, member)
    const other = await connect(app, { auth: { nick: 'bo', tab: 'tab 9' } })
    expect(await sends(other)).toMatchObject(refused('MUTED'))
    const reader = await connect(app, { auth: { reader: true }, headers: { cookie: `me_session=${token}` } })
    await reader.setNick('cy')
    expect(await sends(reader)).toMatchObject(refused('MUTED'))
    const script = await api(app)
      .post('/api/chat/visitors')
      .set({ cookie: `me_session=${token}` })
      .send({ nick: 'dy' })
    const as = bearer((script.body as { data: { token: string } }).data.token)
    await api(app).post('/api/chat/rooms/lobby/messages').set(as).send({ text: 'x' }).expect(403, /MUTED/)
  })

  test('a mute of an account made in the owner’s browser does not mute the owner', async () => {
    const app = await startApp({ settings })
    const token = await ownerToken(app)
    const owner = await connect(app, { auth: { token, tab: 'tab 1' } })
    const member = await connect(app, { auth: { token: await registered(app, bearer(token)) } })
    const guest = await connect(app, { auth: { nick: 'guest', tab: 'tab 1' } })
    await mute(owner, guest)
    await mute(owner, member)
    await owner.send('still here')
  })
})

describe('banned visitors and their other identities', () => {
  test('a banned visitor is banned at once with an account they made before, at any address', async () => {
    const app = await startApp({ settings })
    const { ada, order } = await ownerAndAda(app)
    const token = await registered(app, bearer(tokenOf(ada)))
    const member = await connect(app, { auth: { token }, headers: from('192.0.2.9') })
    const gone = member.disconnected()
    await order('ban')
    await gone
    const again = { auth: { token }, headers: from('192.0.2.8') }
    expect(await refusedConnection(app, again)).toMatchObject({ code: 'BANNED' })
  })

  test('a banned visitor gets no nick at another address in the same tab, by their token or as a reader', async () => {
    const app = await startApp({ settings })
    const { ada, order } = await ownerAndAda(app)
    await order('ban')
    const elsewhere = from('192.0.2.9')
    const sameTab = { auth: { nick: 'bo', tab: 'tab 1' }, headers: elsewhere }
    expect(await refusedConnection(app, sameTab)).toMatchObject({ code: 'BANNED' })
    await api(app)
      .post('/api/chat/visitors')
      .set({ ...bearer(tokenOf(ada)), ...elsewhere })
      .send({ nick: 'bo' })
      .expect(403, /BANNED/)
    for (const auth of [
      { reader: true, token: tokenOf(ada) },
      { reader: true, tab: 'tab 1' },
    ]) {
      const reader = await connect(app, { auth, headers: elsewhere })
      expect(await reader.emit('nick:set', { nick: 'bo' })).toMatchObject(refused('BANNED'))
    }
    await (await connect(app, { auth: { nick: 'bo' }, headers: elsewhere })).send('another person')
  })
})

test('POST /api/chat/visitors refuses an invalid token', async () => {
  const app = await startApp({ settings })
  await visitor(app, 'ada')
  await api(app)
    .post('/api/chat/visitors')
    .set(bearer('a.b.c'))
    .send({ nick: 'bo' })
    .expect(401, /TOKEN_INVALID/)
})
