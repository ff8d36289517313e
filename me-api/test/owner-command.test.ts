import { describe, expect, test } from '@jest/globals'
import { databaseOf } from './support/database.ts'
import { folderWithMember } from './support/members.ts'
import { runProgram } from './support/program.ts'
import { api, ownerAccount, signIn } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

/** The folder of a site that has been started once. */
async function folderOfSite(): Promise<string> {
  const app = await startApp()
  await app.close()
  return app.folder
}

describe('npm run owner', () => {
  const owner = async (folder: string, input: string, ...args: string[]) =>
    runProgram('cli/owner.ts', { args, input, settings: await databaseOf(folder) })

  test('`npm run owner` creates the owner with a password from standard input, and changes it', async () => {
    const folder = await folderOfSite()
    const made = await owner(
      folder,
      `${ownerAccount.password}\n`,
      '--email',
      'OWNER@example.org',
      '--nick',
      'Me',
    )
    const out = 'owner@example.org is the owner now.\nSign in at http://localhost:1337/sign-in.\n'
    expect(made).toEqual({ out, err: '', code: 0 })
    const app = await startApp({ folder })
    const token = await signIn(app, ownerAccount)
    const { welcome } = await connect(app, { auth: { token } })
    expect(welcome.self).toMatchObject({ nick: 'Me', role: 'owner' })

    const changed = await owner(folder, 'another password', '--email', 'new@example.org')
    expect(changed.code).toBe(0)
    await api(app).post('/api/login').send(ownerAccount).expect(401)
    await signIn(app, { email: 'new@example.org', password: 'another password' })
    await api(app).get('/api/me').set('x-access-token', token).expect(401)
  })

  test('`npm run owner` gives the owner the next free nick when a member has the default, and says so', async () => {
    const folder = await folderWithMember()
    const made = await owner(folder, ownerAccount.password, '--email', 'ada@example.com')
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^ada@example.com is the owner now\.\n.*"ada".*"ada 2".*\nSign in .*\n$/)
  })

  test.each([
    [{ SITE_URL: 'https://example.org' }, 'Sign in at https://example.org/sign-in.'],
    [{ PORT: '4000' }, 'Sign in at http://localhost:4000/sign-in.'],
    [{ HOST: '0.0.0.0' }, 'Sign in by the link at the foot of the site.'],
  ])('with %j `npm run owner` says: %s', async (more, words) => {
    const settings = { ...(await databaseOf(temporaryFolder())), ...more }
    const args = ['--email', 'owner@example.org']
    const { out } = await runProgram('cli/owner.ts', { args, input: ownerAccount.password, settings })
    expect(out).toContain(words)
  })

  test('`npm run owner` refuses a chosen nick that belongs to a member', async () => {
    const folder = await folderWithMember()
    const { code, err } = await owner(folder, 'long enough', '--email', 'me@example.com', '--nick', 'Áda')
    expect([code, err]).toEqual([1, expect.stringContaining('nick')])
  })

  test.each([
    [[], 'long enough password', 'npm run owner'],
    [['--email', 'nobody'], 'long enough password', 'email'],
    [['--email', 'me@example.org'], 'short', 'password'],
    [['--email', 'me@example.org', '--nick', '<b>'], 'long enough password', 'nick'],
    [['--email', 'me@example.org', '--password', 'x'], 'long enough password', '--password'],
  ])('`npm run owner` refuses %j in one line', async (args, input, words) => {
    const { err, code } = await owner(temporaryFolder(), input, ...args)
    expect(code).toBe(1)
    expect(err).toContain(words)
    expect(err).not.toMatch(/\n {4}at /)
  })
})
