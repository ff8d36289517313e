import { describe, expect, test } from '@jest/globals'
import { PASSKEYS_MAX } from '../src/contract/index.ts'
import { type Deviation, memberWithPasskey, ONLY_PRESENT } from './support/authenticator.ts'
import { api, bearer, bosAccount, memberToken, refusal } from './support/rest.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('adding a passkey', () => {
  test.each<[string, Deviation]>([
    ['another site’s page', { origin: 'https://elsewhere.example' }],
    ['another site’s name', { rpId: 'elsewhere.example' }],
    ['no check of the user', { flags: ONLY_PRESENT }],
    ['an answer to another question', { type: 'webauthn.get' }],
    ['an invented challenge', { challenge: Buffer.alloc(56, 7).toString('base64url') }],
  ])('is refused with %s', async (_what, otherwise) => {
    const { token, passkeys } = await memberWithPasskey()
    const { body } = await passkeys.add(token, await passkeys.created(token, otherwise)).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/credential'))
    expect(await passkeys.list(token)).toHaveLength(1)
  })

  test('is refused with a challenge to sign in, one of another user, and one used before', async () => {
    const { app, token, passkeys } = await memberWithPasskey()
    const bo = await memberToken(app, bosAccount)
    const { challenge } = await passkeys.creationOptions(token)
    const add = async (challenge: string) =>
      (await passkeys.add(token, await passkeys.created(token, { challenge }))).status
    expect(await add((await passkeys.requestOptions()).challenge)).toBe(400)
    expect(await add((await passkeys.creationOptions(bo)).challenge)).toBe(400)
    expect(await add(challenge)).toBe(201)
    expect(await add(challenge)).toBe(400)
  })

  test('one that was added before is refused, also to another user', async () => {
    const { app, token, passkeys, authenticator } = await memberWithPasskey()
    const bo = await memberToken(app, bosAccount)
    for (const user of [token, bo]) {
      const credential = authenticator.create(await passkeys.creationOptions(user))
      const { body } = await passkeys.add(user, credential).expect(409)
      expect(body).toEqual(refusal(409, 'CONFLICT', '/credential'))
    }
  })

  test('a user has ten at most, also where two are added at once', async () => {
    const { token, passkeys } = await memberWithPasskey()
    while ((await passkeys.list(token)).length < PASSKEYS_MAX - 1) await passkeys.withPasskey(token)
    const [one, another] = [await passkeys.created(token), await passkeys.created(token)]
    const answers = await Promise.all([passkeys.add(token, one), passkeys.add(token, another)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect(await passkeys.list(token)).toHaveLength(PASSKEYS_MAX)
  })

  test.each(['', '  ', 'x'.repeat(41)])('needs a name, not %j', async (name) => {
    const { token, passkeys } = await memberWithPasskey()
    await passkeys.add(token, await passkeys.created(token), name).expect(400)
  })

  test('and removing one needs a fresh proof', async () => {
    const { clock, token, passkeys, authenticator } = await memberWithPasskey()
    const created = await passkeys.created(token)
    clock.advance(HOUR)
    const wanted = refusal(403, 'PASSWORD_REQUIRED')
    const asked = passkeys.post('/me/passkeys/options').set(bearer(token))
    expect((await asked.expect(403)).body).toEqual(wanted)
    expect((await passkeys.add(token, created).expect(403)).body).toEqual(wanted)
    expect((await passkeys.remove(token, authenticator.id).expect(403)).body).toEqual(wanted)
    expect(await passkeys.list(token)).toHaveLength(1)
  })

  test('nobody lists, adds or removes another’s', async () => {
    const { app, token, passkeys, authenticator } = await memberWithPasskey()
    const bo = await memberToken(app, bosAccount)
    expect(await passkeys.list(bo)).toEqual([])
    expect((await passkeys.remove(bo, authenticator.id).expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
    await api(app).get('/api/me/passkeys').expect(401)
    expect(await passkeys.list(token)).toHaveLength(1)
  })
})
