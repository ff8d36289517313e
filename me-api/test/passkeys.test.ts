import { describe, expect, test } from '@jest/globals'
import {
  type Deviation,
  createAuthenticator,
  memberWithPasskey,
  ONLY_PRESENT,
  passkeysAt,
} from './support/authenticator.ts'
import { accountLog } from './support/moderation.ts'
import {
  api,
  bearer,
  bosAccount,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
} from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { secured } from './support/two-factor.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const notSignedIn = refusal(401, 'UNAUTHENTICATED')
const tokenIn = ({ body }: { body: object }) => (body as { data: { token: string } }).data.token

describe('a passkey', () => {
  test('signs its user in without a password, with the cookies of a sign-in', async () => {
    const { app, clock, token, passkeys, authenticator, signIn } = await memberWithPasskey()
    expect(await passkeys.list(token)).toEqual([
      {
        id: authenticator.id,
        name: 'My phone',
        createdAt: new Date(clock.now()).toISOString(),
        lastUsedAt: null,
      },
    ])
    clock.advance(MINUTE)
    const answer = await signIn()
    expect(answer.status).toBe(200)
    expect(answer.body.data.user).toMatchObject({ nick: memberAccount.nick, role: 'member' })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^me_session=.+; HttpOnly/),
      expect.stringMatching(/^me_device=.+; HttpOnly/),
    ])
    await api(app)
      .get('/api/me')
      .set(bearer(tokenIn(answer)))
      .expect(200)
    expect((await passkeys.list(token))[0]?.lastUsedAt).toBe(new Date(clock.now()).toISOString())
  })

  test('signs in without the code of the second step', async () => {
    const { app, token } = await secured()
    const passkeys = passkeysAt(app)
    const authenticator = await passkeys.withPasskey(token)
    await passkeys.signIn(await passkeys.signed(authenticator)).expect(200)
  })

  test('signs in again and again, also where the authenticator has no counter', async () => {
    const { signIn } = await memberWithPasskey()
    for (const counter of [0, 0, 7, 8]) expect((await signIn({ counter })).status).toBe(200)
  })

  test('opens a session that may do what needs a fresh proof', async () => {
    const { app, clock, signIn } = await memberWithPasskey()
    clock.advance(2 * HOUR)
    await api(app)
      .delete('/api/me/words')
      .set(bearer(tokenIn(await signIn())))
      .expect(204)
  })

  test('is asked for with options that let the authenticator check its user and choose the account', async () => {
    const { token, passkeys, authenticator } = await memberWithPasskey()
    expect(await passkeys.creationOptions(token)).toMatchObject({
      rp: { id: 'localhost', name: 'localhost' },
      user: { name: memberAccount.email, displayName: memberAccount.nick },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: authenticator.id, transports: ['internal'] }],
      attestation: 'none',
    })
    const options = await passkeys.requestOptions()
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(options).not.toHaveProperty('allowCredentials')
  })
})

describe('signing in with a passkey is refused in the same words', () => {
  const other = Buffer.from('somebody else').toString('base64url')
  test.each<[string, Deviation]>([
    ['for another site’s page', { origin: 'https://elsewhere.example' }],
    ['for a page of another port', { origin: 'http://localhost:1' }],
    ['for another site’s name', { rpId: 'elsewhere.example' }],
    ['without a check of the user', { flags: ONLY_PRESENT }],
    ['for an answer to another question', { type: 'webauthn.create' }],
    ['for an invented challenge', { challenge: Buffer.alloc(56, 7).toString('base64url') }],
    ['for a challenge of another length', { challenge: 'AAAA' }],
    ['for another user', { userHandle: other }],
    ['without the user', { userHandle: undefined }],
  ])('%s', async (_what, otherwise) => {
    const { signIn } = await memberWithPasskey()
    const answer = await signIn(otherwise)
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual(notSignedIn)
    expect(answer.body.errors[0].detail).toBe('Signing in with this passkey did not work.')
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect((await signIn()).status).toBe(200)
  })

  test('for a passkey that nobody has, and one with another’s key', async () => {
    const { passkeys, authenticator } = await memberWithPasskey()
    const stranger = createAuthenticator(passkeys.origin)
    const unknown = await passkeys.signed(stranger)
    expect((await passkeys.signIn(unknown).expect(401)).body).toEqual(notSignedIn)
    const { response } = await passkeys.signed(authenticator)
    const { userHandle } = response
    const forged = await passkeys.signed(stranger, { userHandle })
    const { body } = await passkeys
      .signIn({ ...forged, id: authenticator.id, rawId: authenticator.id })
      .expect(401)
    expect(body).toEqual(notSignedIn)
  })

  test('where the counter stands still or goes back', async () => {
    const { signIn } = await memberWithPasskey()
    expect((await signIn({ counter: 9 })).status).toBe(200)
    for (const counter of [9, 8, 0]) expect((await signIn({ counter })).body).toEqual(notSignedIn)
    expect((await signIn({ counter: 10 })).status).toBe(200)
  })

  test('once the challenge is five minutes old, however often others ask for one', async () => {
    const { clock, passkeys, authenticator } = await memberWithPasskey()
    const [early, late] = [await passkeys.requestOptions(), await passkeys.requestOptions()]
    for (let asked = 0; asked < 200; asked++) await passkeys.requestOptions()
    clock.advance(5 * MINUTE - 1)
    await passkeys.signIn(authenticator.sign(early)).expect(200)
    clock.advance(1)
    expect((await passkeys.signIn(authenticator.sign(late)).expect(401)).body).toEqual(notSignedIn)
  })

  test('for a challenge that was made to add a passkey', async () => {
    const { token, passkeys, authenticator } = await memberWithPasskey()
    const { challenge } = await passkeys.creationOptions(token)
    await passkeys.signIn(authenticator.sign({ challenge, rpId: 'localhost' })).expect(401)
  })

  test('the second time, also where both come at once', async () => {
    const { passkeys, authenticator } = await memberWithPasskey()
    const once = await passkeys.signed(authenticator, { counter: 0 })
    const answers = await Promise.all([passkeys.signIn(once), passkeys.signIn(once)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401])
    await passkeys.signIn(once).expect(401)
  })

  test('after a failure with the same challenge', async () => {
    const { passkeys, authenticator } = await memberWithPasskey()
    const options = await passkeys.requestOptions()
    await passkeys.signIn(authenticator.sign(options, { flags: ONLY_PRESENT })).expect(401)
    await passkeys.signIn(authenticator.sign(options)).expect(401)
  })

  test('once the passkey is removed, also where that happens at the same moment', async () => {
    const { app, token, passkeys } = await memberWithPasskey({ LIMIT_LOGINS: 'off' })
    for (let round = 0; round < 8; round++) {
      const authenticator = await passkeys.withPasskey(token)
      const signed = [
        await passkeys.signed(authenticator),
        await passkeys.signed(authenticator),
        await passkeys.signed(authenticator),
      ] as const
      const [early, , late] = await Promise.all([
        passkeys.signIn(signed[0]),
        passkeys.remove(token, authenticator.id).expect(204),
        passkeys.signIn(signed[1]),
      ])
      for (const { status } of [early, late]) expect([200, 401]).toContain(status)
      expect((await passkeys.signIn(signed[2]).expect(401)).body).toEqual(notSignedIn)
    }
    await api(app).get('/api/me').set(bearer(token)).expect(200)
  })

  test('once the account is deleted', async () => {
    const { app, token, signIn } = await memberWithPasskey()
    const { password } = memberAccount
    await api(app).delete('/api/me').set(bearer(token)).send({ password }).expect(204)
    expect((await signIn()).body).toEqual(notSignedIn)
    expect(await app.db.selectFrom('passkeys').select('id').execute()).toEqual([])
  })

  test.each([
    {},
    { credential: {} },
    { credential: { id: 'a', rawId: 'a', type: 'password', response: {} } },
    { credential: { id: '+/', rawId: '+/', type: 'public-key', response: {} } },
  ])('but %j is no such request', async (body) => {
    const { passkeys } = await memberWithPasskey()
    await passkeys.post('/login/passkey', body).expect(400)
  })
})

describe('failed sign-ins with passkeys', () => {
  test('are limited by address, and a success does not forgive them', async () => {
    const { passkeys, authenticator, signIn } = await memberWithPasskey({ LIMIT_LOGINS: '2/15m' })
    const fail = async () => (await signIn({ flags: ONLY_PRESENT })).status
    expect(await fail()).toBe(401)
    expect((await signIn()).status).toBe(200)
    expect([await fail(), await fail()]).toEqual([401, 429])
    const signed = await passkeys.signed(authenticator)
    const answer = await passkeys.signIn(signed).expect(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('elsewhere do not lock out a browser in which the user has signed in before', async () => {
    const { passkeys, authenticator, signIn } = await memberWithPasskey({ LIMIT_LOGINS: '2/15m' })
    const [, device = ''] = (await signIn()).headers['set-cookie'] as unknown as string[]
    for (let times = 0; times < 3; times++) await signIn({ flags: ONLY_PRESENT })
    const signed = await passkeys.signed(authenticator)
    const [cookie = ''] = device.split(';')
    await passkeys.signIn(signed).set('cookie', cookie).expect(200)
  })
})

describe('a passkey confirms who one is', () => {
  test('its own user', async () => {
    const { app, clock, token, passkeys, authenticator } = await memberWithPasskey()
    clock.advance(HOUR)
    const erase = () => api(app).delete('/api/me/words').set(bearer(token))
    await erase().expect(403)
    const passkey = await passkeys.signed(authenticator)
    await passkeys.post('/me/confirm', { passkey }).set(bearer(token)).expect(204)
    await erase().expect(204)
    expect((await passkeys.list(token))[0]?.lastUsedAt).toBe(new Date(clock.now()).toISOString())
  })

  test('and nobody else', async () => {
    const { app, clock, passkeys, authenticator } = await memberWithPasskey()
    const bo = await memberToken(app, bosAccount)
    clock.advance(HOUR)
    const passkey = await passkeys.signed(authenticator)
    const answer = await passkeys.post('/me/confirm', { passkey }).set(bearer(bo)).expect(403)
    expect(answer.body).toEqual(refusal(403, 'FORBIDDEN', '/passkey'))
    await api(app).delete('/api/me/words').set(bearer(bo)).expect(403)
  })
})

describe('the owner', () => {
  test('finds passkeys, and sign-ins from a new browser, in the log of their account', async () => {
    const app = await startApp()
    const token = await ownerToken(app)
    const passkeys = passkeysAt(app)
    const authenticator = await passkeys.withPasskey(token, 'My key')
    const { headers } = await passkeys
      .signIn(await passkeys.signed(authenticator))
      .set('user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
      .expect(200)
    const cookies = headers['set-cookie'] as unknown as string[]
    const known = await passkeys.signed(authenticator)
    await passkeys
      .signIn(known)
      .set('cookie', cookies[1]?.split(';')[0] ?? '')
      .expect(200)
    await passkeys.remove(token, authenticator.id).expect(204)
    expect(await accountLog(app, token)).toEqual([
      ['remove-passkey', 'My key'],
      ['sign-in', 'Firefox, Linux'],
      ['add-passkey', 'My key'],
      ['sign-in', null],
    ])
  })

  test('loses all passkeys when the account is set on the server', async () => {
    const app = await startApp()
    const passkeys = passkeysAt(app)
    const authenticator = await passkeys.withPasskey(await ownerToken(app))
    const signed = await passkeys.signed(authenticator)
    await app.app.owner.set({ ...ownerAccount, password: 'another battery' })
    await passkeys.signIn(signed).expect(401)
  })
})

describe('where browsers offer no passkeys', () => {
  test.each(['http://127.0.0.1:1337', 'https://192.0.2.1', 'https://[2001:db8::1]', 'http://example.org'])(
    '%s says so',
    async (site) => {
      const app = await startApp({ settings: { SITE_URL: site } })
      const passkeys = passkeysAt(app, site)
      const { body } = await passkeys.post('/login/passkey/options').expect(403)
      expect(body).toEqual(refusal(403, 'FORBIDDEN'))
      expect(body.errors[0].detail).toMatch(/^Passkeys need/)
    },
  )

  test.each(['https://example.org', 'https://me.example.org:8443', 'http://localhost:1337'])(
    '%s is not such a place',
    async (site) => {
      const app = await startApp({ settings: { SITE_URL: site } })
      const passkeys = passkeysAt(app, site)
      const { host } = new URL(site)
      await app.app.owner.set(ownerAccount)
      const answer = await api(app).post('/api/login').set('host', host).send(ownerAccount).expect(200)
      const token = tokenIn(answer)
      const authenticator = await passkeys.withPasskey(token)
      const options = await passkeys.requestOptions()
      expect(options.rpId).toBe(new URL(site).hostname)
      await passkeys.signIn(authenticator.sign(options)).expect(200)
    },
  )

  test('a page over https behind a proxy that the server does not trust is believed', async () => {
    const app = await startApp()
    const ask = (origin: string) =>
      api(app).post('/api/login/passkey/options').set('host', 'example.org').set('origin', origin)
    await ask('http://example.org').expect(403)
    expect((await ask('https://example.org').expect(200)).body.data.rpId).toBe('example.org')
  })
})
