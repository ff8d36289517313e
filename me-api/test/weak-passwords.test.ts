import { describe, expect, test } from '@jest/globals'
import { databaseOf } from './support/database.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, refusal, withOwner } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'

const register = (app: Awaited<ReturnType<typeof startApp>>, password: string, more = {}) =>
  api(app)
    .post('/api/register')
    .send({ ...memberAccount, password, ...more })

describe('a password that is easy to guess is refused', () => {
  test.each([
    ['a common one', ['password123', 'qwertyuiop', 'iloveyou123', 'administrator']],
    ['in other case', ['PASSWORD123', 'PassWord123', 'QwertyUiop']],
    ['with accents or wide letters', ['pässwörd123', 'ｐａｓｓｗｏｒｄ１２３', 'pa\u200bssword123']],
    ['with spaces around', [' password123 ', '  password  ', 'letmein      ']],
    ['a part repeated', ['1111111111', 'aaaaaaaaaaaa', 'abc123abc123', 'Lalalalalala', '12345671234567']],
    [
      'a row forwards and backwards',
      ['1234567890', '0987654321', '5678901234567', 'abcdefghijk', 'zyxwvutsrq'],
    ],
    ['the row of a keyboard', ['poiuytrewq', 'QWERTZUIOP']],
    ['nothing that is drawn', [' '.repeat(12), '\u200b'.repeat(12)]],
    ['short', ['engine', 'ninechars', '🔥'.repeat(9)]],
  ])('%s', async (_, passwords) => {
    const app = await withOwner(await startApp({ settings: { LIMIT_JOINS: 'off' } }))
    for (const password of passwords) {
      const { body } = await register(app, password).expect(400)
      expect(body).toEqual(refusal(400, 'WEAK', '/password'))
    }
  })

  test.each([
    ['the e-mail', { email: 'ada.lovelace@example.org', password: 'ADA.Lovelace@example.org' }],
    ['its part before the @', { email: 'ada.lovelace@example.org', password: 'ada.lovelace' }],
    ['the nick', { nick: 'Ada Lovelace', password: ' ada lóvelace' }],
    ['the site’s name', { password: 'THE ENGINE ROOM' }],
  ])('%s', async (_, { password, ...more }) => {
    const app = await startApp()
    const by = bearer(await ownerToken(app))
    const page = { name: 'The Engine Room', headline: 'x', text: 'x', links: [] }
    await api(app).put('/api').set(by).send(page).expect(200)
    const { body } = await register(app, password, more).expect(400)
    expect(body).toEqual(refusal(400, 'WEAK', '/password'))
  })
})

test('what only contains a common password or a name is accepted', async () => {
  const app = await withOwner(await startApp({ settings: { LIMIT_JOINS: 'off' } }))
  const passwords = [
    'password123 in a lamp',
    'ada and bo and cy',
    'correct horse',
    '🔥'.repeat(10),
    '1234567809',
  ]
  for (const [number, password] of passwords.entries())
    await register(app, password, { email: `ada${number}@example.org`, nick: `Ada ${number}` }).expect(201)
})

test('a change of one’s password refuses a weak one and changes nothing', async () => {
  const app = await startApp()
  const token = await memberToken(app)
  for (const next of ['Password123', memberAccount.email]) {
    const change = { current: memberAccount.password, next }
    const { body } = await api(app).post('/api/me/password').set(bearer(token)).send(change).expect(400)
    expect(body).toEqual(refusal(400, 'WEAK', '/next'))
  }
  await api(app).post('/api/login').send(memberAccount).expect(200)
})

describe('the owner', () => {
  test.each(['short', 'password123', 'owner@example.org'])(
    'is not made by `npm run owner` with the password %s',
    async (input) => {
      const settings = await databaseOf(temporaryFolder())
      const args = ['--email', 'owner@example.org']
      const { code, err, out } = await runProgram('cli/owner.ts', { args, input, settings })
      expect(code).toBe(1)
      expect(err).toMatch(/^.*(at least 10 characters|easy to guess).*\n$/)
      expect(out).not.toContain('is the owner now')
    },
  )

  test.each(['short', 'password123'])('OWNER_PASSWORD=%s stops the start in one line', async (password) => {
    const settings = {
      ...(await databaseOf(temporaryFolder())),
      OWNER_EMAIL: 'owner@example.org',
      OWNER_PASSWORD: password,
      PORT: '0',
    }
    const { code, err } = await runProgram('main.ts', { settings })
    expect(code).toBe(1)
    expect(err).toMatch(/^OWNER_PASSWORD: .+\n$/)
  })

  test('starts the server where there is one already, whatever OWNER_PASSWORD is', async () => {
    const app = await withOwner(await startApp())
    await app.close()
    const owner = { OWNER_EMAIL: 'other@example.org', OWNER_PASSWORD: 'password123' }
    const server = await startServer({ ...(await databaseOf(app.folder)), ...owner })
    expect(server.errors()).toBe('')
  })
})
