import { describe, expect, test } from '@jest/globals'
import { databaseOf, isPostgres } from './support/database.ts'
import { folderWithMember } from './support/members.ts'
import { runProgram, startServer } from './support/program.ts'
import { api, signIn } from './support/rest.ts'
import { temporaryFolder } from './support/start-app.ts'
import { connect, eventually } from './support/visitors.ts'

describe('programs that start at once on an empty database', () => {
  const owner = { OWNER_EMAIL: 'me@example.org', OWNER_PASSWORD: 'the first password' }

  test('servers on PostgreSQL all start, with one owner; on SQLite one starts and the others are refused in one line', async () => {
    const settings = { ...(await databaseOf(temporaryFolder())), ...owner }
    const starts = await Promise.allSettled([1, 2, 3].map(() => startServer(settings)))
    const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    const refused = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []))
    expect(started).toHaveLength(isPostgres ? 3 : 1)
    for (const words of refused)
      expect(words).toMatch(/ended with 1: DATABASE_URL: another server runs with .*me\.db already\n$/)
    for (const server of started) {
      await signIn(server as never, { email: owner.OWNER_EMAIL, password: owner.OWNER_PASSWORD })
      expect(server.errors()).toBe('')
      expect(server.output()).not.toContain('npm run owner')
    }
  })

  test('of owners made at once there is one', async () => {
    const settings = await databaseOf(await folderWithMember())
    const runs = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        runProgram('cli/owner.ts', {
          args: ['--email', `me${number % 2}@example.org`],
          settings,
          input: owner.OWNER_PASSWORD,
        }),
      ),
    )
    expect(runs.map(({ code, err }) => ({ code, err }))).toEqual(Array(4).fill({ code: 0, err: '' }))
    expect(runs.filter(({ out }) => out.includes('is the owner now'))).toHaveLength(1)
  })
})

describe('an owner from the settings on a site with members', () => {
  test('the server starts without an owner, and warns, when OWNER_EMAIL belongs to a member', async () => {
    const folder = await folderWithMember()
    const owner = { OWNER_EMAIL: 'Ada@example.org', OWNER_PASSWORD: 'the first password' }
    const server = await startServer({ ...(await databaseOf(folder)), ...owner })
    await eventually(() => expect(server.output()).toContain('npm run owner'))
    expect(server.errors().trim().split('\n')).toEqual([expect.stringContaining('OWNER_EMAIL')])
    await api(server as never)
      .post('/api/login')
      .send({ email: 'ada@example.org', password: owner.OWNER_PASSWORD })
      .expect(401)
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('the owner from the settings gets the next free nick when a member has theirs, and the start says so', async () => {
    const folder = await folderWithMember()
    const owner = { OWNER_EMAIL: 'ada@example.com', OWNER_PASSWORD: 'the first password' }
    const server = await startServer({ ...(await databaseOf(folder)), ...owner })
    expect(server.output()).toContain('"ada 2"')
    const token = await signIn(server as never, { email: 'ada@example.com', password: 'the first password' })
    const { welcome } = await connect(server, { auth: { token } })
    expect(welcome.self).toMatchObject({ nick: 'ada 2', role: 'owner' })
  })
})
