import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { accountLog, moderate } from './support/moderation.ts'
import {
  api,
  bearer,
  bosAccount,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
  signIn,
} from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const change = (app: TestApp, token: string, body: object) =>
  api(app)
    .patch('/api/me')
    .set(bearer(token))
    .send({ password: memberAccount.password, ...body })

const me = async (app: TestApp, token: string) =>
  (await api(app).get('/api/me').set(bearer(token)).expect(200)).body.data.user

describe('PATCH /api/me', () => {
  test('changes nick and e-mail; one signs in with the new one and writes under the new nick', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const { body } = await change(app, token, { nick: '  Countess ', email: 'New@Example.org' }).expect(200)
    const user = { id: expect.any(String), role: 'member', nick: 'Countess', email: 'new@example.org' }
    expect(body).toEqual({ data: { user } })
    expect(await me(app, token)).toEqual(user)
    await api(app).post('/api/login').send(memberAccount).expect(401)
    const { password } = memberAccount
    await signIn(app, { email: 'new@example.org', password })
    const post = api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send({ text: 'hej' })
    expect((await post.expect(201)).body.data.author.nick).toBe('Countess')
    // The former ones are free.
    await api(app).post('/api/register').send(memberAccount).expect(201)
  })

  test('each can be changed alone, and a request without either changes nothing', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    await change(app, token, { email: 'new@example.org' }).expect(200)
    await change(app, token, { nick: 'Countess' }).expect(200)
    const { body } = await change(app, token, {}).expect(200)
    expect(body.data.user).toMatchObject({ nick: 'Countess', email: 'new@example.org' })
  })

  test('open connections of the user have the new nick at once: in presence, and in what they write', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const [one, other] = [await connect(app, { auth: { token } }), await connect(app, { auth: { token } })]
    const reader = await visitor(app, 'reader')
    await change(app, token, { nick: 'Countess' }).expect(200)
    const id = one.welcome.self?.id
    await eventually(() =>
      expect(reader.presence.flatMap(({ joined }) => joined)).toContainEqual({
        id,
        nick: 'Countess',
        role: 'member',
      }),
    )
    for (const tab of [one, other])
      expect((await tab.send('hej')).author).toEqual({ id, nick: 'Countess', role: 'member' })
  })

  test('the password is asked for, and its failures are limited like a sign-in’s', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: '2/15m' } })
    const token = await memberToken(app)
    const guess = () => change(app, token, { password: 'a guess of mine', nick: 'Countess' })
    expect((await guess().expect(403)).body).toEqual(refusal(403, 'FORBIDDEN', '/password'))
    await guess().expect(403)
    await guess().expect(429)
    expect((await me(app, token)).nick).toBe(memberAccount.nick)
    await change(app, token, { password: undefined }).expect(400)
  })

  test.each([
    ['not.a.nick.com', 400, 'NICK_INVALID'],
    ['', 400, 'NICK_INVALID'],
    ['a nick of more than 24 characters', 400, 'NICK_INVALID'],
    ['moderator', 409, 'NICK_RESERVED'],
    ['bo', 409, 'NICK_RESERVED'],
    ['Вo', 409, 'NICK_RESERVED'],
    ['visitor', 409, 'NICK_TAKEN'],
  ])('the nick "%s" is refused with %i %s, and nothing is changed', async (nick, status, code) => {
    const app = await startApp()
    const token = await memberToken(app)
    await memberToken(app, bosAccount)
    await visitor(app, 'visitor')
    const { body } = await change(app, token, { nick, email: 'new@example.org' }).expect(status)
    expect(body).toEqual(refusal(status, code, '/nick'))
    expect(await me(app, token)).toMatchObject({ nick: memberAccount.nick, email: memberAccount.email })
  })

  test('another’s e-mail is refused at its field, one’s own is no change', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    for (const email of [ownerAccount.email, ownerAccount.email.toUpperCase()])
      expect((await change(app, token, { nick: 'Countess', email }).expect(409)).body).toEqual(
        refusal(409, 'CONFLICT', '/email'),
      )
    expect((await me(app, token)).nick).toBe(memberAccount.nick)
    await change(app, token, { email: memberAccount.email }).expect(200)
    await change(app, token, { email: 'no e-mail' }).expect(400)
  })

  test('two members who want one e-mail, or one nick, at once: one gets it', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const bos = await memberToken(app, bosAccount)
    for (const [wanted, code] of [
      [{ email: 'new@example.org' }, 'CONFLICT'],
      [{ nick: 'Countess' }, /^NICK_(TAKEN|RESERVED)$/],
    ] as const) {
      const answers = await Promise.all([
        change(app, token, wanted),
        change(app, bos, { ...wanted, password: bosAccount.password }),
      ])
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
      const refused = answers.find(({ status }) => status === 409)?.body.errors[0]
      expect(refused.code).toMatch(code)
    }
  })

  test('a nick that one has, but could not take today, is no change', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const owner = await signIn(app, ownerAccount)
    await api(app)
      .put('/api')
      .set(bearer(owner))
      .send({ name: memberAccount.nick, headline: 'h', text: 't', links: [] })
      .expect(200)
    await change(app, token, { nick: memberAccount.nick, email: 'new@example.org' }).expect(200)
    expect((await change(app, token, { nick: 'ADA' }).expect(409)).body).toEqual(
      refusal(409, 'NICK_RESERVED', '/nick'),
    )
  })

  test('a muted member takes no other nick, but may change the e-mail', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const owner = await signIn(app, ownerAccount)
    const { id } = await me(app, token)
    await moderate(app, owner, { id, action: 'mute' }).expect(204)
    expect((await change(app, token, { nick: 'Countess' }).expect(403)).body.errors[0].code).toBe('MUTED')
    await change(app, token, { email: 'new@example.org' }).expect(200)
  })

  test('nicks are changed no faster than with `nick:set`', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: '2/10s' } })
    const token = await memberToken(app)
    await change(app, token, { nick: 'one more' }).expect(200)
    await change(app, token, { nick: 'two more' }).expect(200)
    await change(app, token, { nick: 'three more' }).expect(429)
  })

  test('the owner may take a reserved nick, which the log of their account mentions', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    await change(app, token, { password: ownerAccount.password, nick: 'moderator' }).expect(200)
    expect((await accountLog(app, token))[0]).toEqual(['change-account', 'moderator'])
  })

  test('it counts as a proof of who one is', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    clock.advance(3_600_000)
    await api(app).delete('/api/me/words').set(bearer(token)).expect(403)
    await change(app, token, {}).expect(200)
    await api(app).delete('/api/me/words').set(bearer(token)).expect(204)
  })

  test('a visitor has no account to change', async () => {
    const app = await startApp()
    const { welcome } = await visitor(app, 'bo')
    await change(app, welcome.token ?? '', { nick: 'Countess' }).expect(401)
  })
})
