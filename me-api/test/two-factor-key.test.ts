import { describe, expect, test } from '@jest/globals'
import { api, ownerAccount, ownerToken } from './support/rest.ts'
import { HALF_MINUTE, begin, confirm, login, phone, secured, codeWanted } from './support/two-factor.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'

describe('the key of two-factor authentication', () => {
  const old = 'an old secret of at least 32 letters'
  const next = 'the next secret of at least 32 letters'
  const sealedIn = ({ db }: TestApp) => db.selectFrom('second_steps').select('sealed_key').executeTakeFirst()

  test('the database stores the two-factor key encrypted and the recovery codes hashed', async () => {
    const { app, key, recoveryCodes } = await secured()
    const rows = [
      await app.db.selectFrom('second_steps').selectAll().execute(),
      await app.db.selectFrom('recovery_codes').selectAll().execute(),
    ]
    const kept = JSON.stringify(rows)
    expect(kept).toContain('sealed_key')
    expect(kept).not.toContain(key)
    for (const code of recoveryCodes) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(code.replaceAll(' ', ''))
    }
  })

  test('the two-factor key survives a replaced secret, and needs the old secret no more after a sign-in', async () => {
    const folder = temporaryFolder()
    const before = await secured({ folder, settings: { SESSION_SECRET: old } })
    const { clock, codeAt } = before
    const first = await sealedIn(before.app)
    await before.app.close()
    const both = await startApp({ clock, folder, settings: { SESSION_SECRET: `${next},${old}` } })
    await login(both, codeAt(0)).expect(200)
    expect(await sealedIn(both)).not.toEqual(first)
    await both.close()
    clock.advance(HALF_MINUTE)
    const after = await startApp({ clock, folder, settings: { SESSION_SECRET: next } })
    await login(after, codeAt(0)).expect(200)
  })

  test('the recovery codes still work when the two-factor key is lost with its secret', async () => {
    const folder = temporaryFolder()
    const before = await secured({ folder, settings: { SESSION_SECRET: old } })
    const { clock, codeAt, recoveryCodes } = before
    await before.app.close()
    const after = await startApp({ clock, folder, settings: { SESSION_SECRET: next } })
    expect((await login(after, codeAt(0)).expect(401)).body).toEqual(codeWanted)
    await login(after, recoveryCodes[0]).expect(200)
  })

  test('an encrypted two-factor key does not work in another account’s row', async () => {
    const { app, clock, codeAt } = await secured()
    const token = await ownerToken(app)
    const { body } = await begin(app, token, { password: ownerAccount.password }).expect(201)
    await confirm(app, token, phone(body.data.key, clock)(0)).expect(200)
    const sealed = await sealedIn(app)
    await app.db
      .updateTable('second_steps')
      .set({ last_step: 0, ...sealed })
      .execute()
    clock.advance(HALF_MINUTE)
    const asOwner = await api(app)
      .post('/api/login')
      .send({ ...ownerAccount, code: codeAt(0) })
    expect(asOwner.status).toBe(401)
    await login(app, codeAt(0)).expect(200)
  })
})
