import { describe, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { createVisitorSweep } from '../src/chat/identity/visitor-sweep.ts'
import { createVisitorsStore } from '../src/chat/identity/visitors.store.ts'
import { manualClock } from './support/manual-clock.ts'
import { accountLog, idOf, moderate, tokenOf } from './support/moderation.ts'
import { plainSocket } from './support/plain-websocket.ts'
import {
  api,
  bearer,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
  signIn,
} from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const signOut = (app: TestApp, token: string) => api(app).delete('/api/me/sessions').set(bearer(token))
const invalid = refusal(401, 'TOKEN_INVALID')

describe('a user who signs out everywhere', () => {
  test('all sessions end, this one too, with their connections', async () => {
    const app = await startApp()
    const tokens = [await memberToken(app), await signIn(app, memberAccount)]
    const owners = await signIn(app, ownerAccount)
    const tabs = await Promise.all(tokens.map((token) => connect(app, { auth: { token } })))
    const owner = await connect(app, { auth: { token: owners } })
    const closed = Promise.all(tabs.map((tab) => tab.disconnected()))
    const { headers } = await signOut(app, tokens[0] ?? '').expect(204)
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^me_session=;/)])
    await closed
    for (const token of tokens) await api(app).get('/api/me').set(bearer(token)).expect(401)
    await api(app).get('/api/me').set(bearer(owners)).expect(200)
    expect(owner.socket.connected).toBe(true)
    await signIn(app, memberAccount)
  })

  test('the log of the owner’s account mentions it, and only the owner’s', async () => {
    const app = await startApp()
    await signOut(app, await memberToken(app)).expect(204)
    await signOut(app, await signIn(app, ownerAccount)).expect(204)
    const token = await signIn(app, ownerAccount)
    const actions = (await accountLog(app, token)).map(([action]) => action)
    expect(actions.filter((action) => action === 'sign-out-everywhere')).toHaveLength(1)
  })

  test('without a token or a cookie there is nobody to sign out', async () => {
    const app = await startApp()
    await api(app).delete('/api/me/sessions').expect(401)
  })
})

describe('a visitor who signs out everywhere', () => {
  test('every connection closes, and the token is refused on every way in', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada', 'tab 1')
    const token = tokenOf(ada)
    const other = await connect(app, { auth: { token } })
    const plain = plainSocket(app, `?token=${token}`)
    await plain.welcome()
    const closed = Promise.all([ada.disconnected(), other.disconnected(), plain.closed])
    await signOut(app, token).expect(204)
    await closed

    expect(await refusedConnection(app, { auth: { token } })).toMatchObject({ code: 'TOKEN_INVALID' })
    expect(await plainSocket(app, `?token=${token}`).closed).toEqual({ code: 4401, reason: 'TOKEN_INVALID' })
    for (const request of [
      api(app).get('/api/me/words'),
      api(app).delete('/api/me/words'),
      api(app).get('/api/chat/rooms'),
      api(app).delete('/api/me/sessions'),
      api(app).post('/api/chat/rooms/lobby/messages').send({ text: 'hej' }),
      api(app).post('/api/chat/visitors').send({ nick: 'ada' }),
    ])
      expect((await request.set(bearer(token)).expect(401)).body).toEqual(invalid)
  })

  test('the nick is free for anybody at once, also one left a moment ago, and presence shows nobody', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await ada.setNick('ada two')
    await signOut(app, tokenOf(ada)).expect(204)
    const { body } = await api(app).get('/api/chat/presence').expect(200)
    expect(body.data).toMatchObject({ total: 0, people: [] })
    for (const nick of ['ada', 'ada two']) {
      const next = await visitor(app, nick)
      expect(idOf(next)).not.toBe(idOf(ada))
    }
  })

  test('the same tab and nick is somebody new, also after a restart', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada', 'tab 1')
    await ada.send('hej')
    await signOut(app, tokenOf(ada)).expect(204)
    const again = await visitor(app, 'ada', 'tab 1')
    expect(idOf(again)).not.toBe(idOf(ada))
    await signOut(app, tokenOf(again)).expect(204)
    await app.close()
    const next = await startApp({ folder: app.folder })
    const third = await visitor(next, 'ada', 'tab 1')
    expect([idOf(ada), idOf(again)]).not.toContain(idOf(third))
    expect(await refusedConnection(next, { auth: { token: tokenOf(ada) } })).toMatchObject({
      code: 'TOKEN_INVALID',
    })
  })

  test('the former token links nobody: neither an account nor a new visitor nor a reader', async () => {
    const app = await startApp()
    const owner = await ownerToken(app)
    const ada = await visitor(app, 'ada')
    await ada.send('hej')
    const token = tokenOf(ada)
    await signOut(app, token).expect(204)
    await api(app).post('/api/register').set(bearer(token)).send(memberAccount).expect(201)
    const reader = await connect(app, { auth: { token, reader: true } })
    await reader.setNick('somebody new')
    const visitors = await app.db.selectFrom('visitors').select(['nick', 'person']).execute()
    expect(visitors).toContainEqual({ nick: 'somebody new', person: null })
    const users = await app.db.selectFrom('users').select(['nick', 'person']).execute()
    expect(users).toContainEqual({ nick: memberAccount.nick, person: null })
    // A mute of the former identity is nobody else's.
    await moderate(app, owner, { id: idOf(ada), action: 'mute' }).expect(204)
    await reader.send('still here')
  })

  test('a mute still applies to who comes back in the same tab', async () => {
    const app = await startApp()
    const owner = await ownerToken(app)
    const ada = await visitor(app, 'ada', 'tab 1')
    await moderate(app, owner, { id: idOf(ada), action: 'mute' }).expect(204)
    await signOut(app, tokenOf(ada)).expect(204)
    const again = await visitor(app, 'ada', 'tab 1')
    await eventually(() => expect(again.notices).toMatchObject([{ code: 'MUTED' }]))
  })

  test('what was said stays, under its nick', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const said = await ada.send('hej')
    await signOut(app, tokenOf(ada)).expect(204)
    expect((await api(app).get(`/api/chat/messages/${said.id}`).expect(200)).body.data).toEqual(said)
  })

  test('of two at once both succeed or the second finds the token ended', async () => {
    const app = await startApp()
    const token = tokenOf(await visitor(app, 'ada'))
    const answers = await Promise.all([signOut(app, token), signOut(app, token)])
    expect(answers.map(({ status }) => status)).toContain(204)
    for (const { status } of answers) expect([204, 401]).toContain(status)
    await signOut(app, token).expect(401)
  })

  test('handshakes that are under way come to nothing', async () => {
    const app = await startApp()
    for (let round = 0; round < 5; round++) {
      // Another nick each time: a handshake that comes to nothing holds its own until then.
      const ada = await visitor(app, `ada${round}`)
      const auth = { token: tokenOf(ada) }
      const coming = Array.from({ length: 5 }, () => connect(app, { auth }).catch(() => null))
      await signOut(app, auth.token).expect(204)
      const sockets = () => [...app.app.io.of('/chat').sockets.values()]
      await Promise.race([Promise.all(coming), eventually(() => expect(sockets()).toEqual([]))])
      await eventually(() => expect(sockets()).toEqual([]))
    }
  })

  test('a token from before there were generations is valid until then', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const { name } = await app.db.selectFrom('installation').select('name').executeTakeFirstOrThrow()
    const key = new TextEncoder().encode('a secret for tests that is long enough')
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(`me:${name}`)
      .setSubject(idOf(ada))
      .setAudience('me:visitor')
      .setIssuedAt()
      .sign(key)
    await api(app).get('/api/me/words').set(bearer(token)).expect(200)
    await signOut(app, token).expect(204)
    await api(app).get('/api/me/words').set(bearer(token)).expect(401)
  })

  test('the end outlasts the sweep of visitors who never wrote', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'ada')
    await signOut(app, tokenOf(ada)).expect(204)
    clock.advance(8 * 24 * 3_600_000)
    const store = createVisitorsStore(app.db)
    await createVisitorSweep({ store, clock, onFault: () => {} }).sweep()
    await api(app)
      .get('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(401)
  })

  test('a visitor whom the sweep has deleted can still end their token', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await app.db.deleteFrom('visitors').execute()
    await signOut(app, tokenOf(ada)).expect(204)
    await api(app)
      .get('/api/me/words')
      .set(bearer(tokenOf(ada)))
      .expect(401)
  })
})

test('a visitor who is muted or banned is not swept, so that the owner can lift it', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const owner = await ownerToken(app)
  const ada = await visitor(app, 'ada')
  const order = (action: string, minutes?: number) =>
    moderate(app, owner, { id: idOf(ada), action, ...(minutes && { minutes }) })
  await order('mute', 30 * 24 * 60).expect(204)
  ada.socket.disconnect()
  clock.advance(8 * 24 * 3_600_000)
  await createVisitorSweep({ store: createVisitorsStore(app.db), clock, onFault: () => {} }).sweep()
  expect(await app.db.selectFrom('visitors').select('id').execute()).toEqual([{ id: idOf(ada) }])
  expect((await order('forgive')).status).toBe(204)
})
