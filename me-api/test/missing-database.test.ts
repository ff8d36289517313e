import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { databaseOf } from './support/database.ts'
import { runProgram } from './support/program.ts'
import { temporaryFolder } from './support/start-app.ts'

describe('a database that is not there', () => {
  const commands: [program: string, ...args: string[]][] = [
    ['chat', 'export', '--room', 'lobby'],
    ['chat', 'import', 'history.jsonl', '--room', 'lobby'],
    ['backup', 'copy.db'],
    ['restored'],
  ]

  const refusal = async (folder: string, file: string, program: string, args: string[]) => {
    const settings = { DATABASE_URL: `file:${join(folder, file)}` }
    const input = 'a long password'
    const { code, out, err } = await runProgram(`cli/${program}.ts`, { args, input, settings, cwd: folder })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    return err
  }

  test.each(commands)(
    '`npm run %s %s` refuses it in one line and makes nothing',
    async (program, ...args) => {
      const folder = temporaryFolder()
      writeFileSync(
        join(folder, 'history.jsonl'),
        '{"nick":"ada","text":"hi","sentAt":"2004-12-25T00:01:00Z"}',
      )
      writeFileSync(join(folder, 'empty.db'), '')
      const before = readdirSync(folder)
      for (const missing of ['me.db', 'none/me.db'])
        expect(await refusal(folder, missing, program, args)).toMatch(
          /^DATABASE_URL: there is no database .*me\.db yet\n$/,
        )
      expect(await refusal(folder, 'empty.db', program, args)).toMatch(
        /^DATABASE_URL: there is no.* in .*empty\.db yet\n$/,
      )
      expect(readdirSync(folder)).toEqual(before)
    },
  )

  test.each(
    ['owner', 'seed', 'chat', 'backup', 'restored'].flatMap((program) => [
      [program, '--help'],
      [program, '-h'],
    ]),
  )('`npm run %s -- %s` prints its usage and makes nothing', async (program, word) => {
    const folder = temporaryFolder()
    const settings = { DATABASE_URL: `file:${join(folder, 'me.db')}` }
    const { code, out, err } = await runProgram(`cli/${program}.ts`, { args: [word], settings, cwd: folder })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^npm run ${program}`))
    expect(readdirSync(folder)).toEqual([])
  })

  test("a command does not turn another program's database into a site", async () => {
    const folder = temporaryFolder()
    new Sqlite(join(folder, 'other.db')).exec('create table a(b)').close()
    const before = readFileSync(join(folder, 'other.db'))
    const words = await refusal(folder, 'other.db', 'owner', ['--email', 'me@example.org'])
    expect(words).toMatch(/^DATABASE_URL: there is no site in .*other\.db yet\n$/)
    expect(readFileSync(join(folder, 'other.db'))).toEqual(before)
  })

  test('a command refuses a database in which no server has started yet, on PostgreSQL too', async () => {
    const settings = await databaseOf(temporaryFolder())
    const { code, err } = await runProgram('cli/chat.ts', { args: ['export', '--room', 'lobby'], settings })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^DATABASE_URL: there is no (site|database) .* yet\n$/),
    })
  })

  test('`npm run owner` makes it and says where', async () => {
    const folder = temporaryFolder()
    const settings = { DATABASE_URL: `file:${join(folder, 'me.db')}` }
    const args = ['--email', 'me@example.org']
    const { code, out, err } = await runProgram('cli/owner.ts', { args, input: 'a long password', settings })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^A new database was made in .*me\.db\.\nme@example\.org is the owner now\.\nSign in at .*\n$/,
    )
  })

  test('`npm run seed` makes it', async () => {
    const { code, err } = await runProgram('cli/seed.ts', { settings: await databaseOf(temporaryFolder()) })
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })
})
