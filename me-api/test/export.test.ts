import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { databaseOf } from './support/database.ts'
import { chat, file, line } from './support/history-files.ts'
import { runProgram } from './support/program.ts'
import { startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

describe('chat export', () => {
  test('chat export writes what chat import reads, and its import into the same room adds nothing', async () => {
    const app = await startApp()
    const odd = 'a\u2028b\u2029c\nd "e" \\ 🚂'
    await chat(app, 'import', file(app.folder, [line('ada', odd, 1), line('ada', odd, 1)]), '--room', 'lobby')
    const bo = await visitor(app, 'bo')
    await bo.send('now')

    const { out, code } = await chat(app, 'export', '--room', 'lobby')
    expect(code).toBe(0)
    const lines = out
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as unknown)
    expect(lines).toEqual([
      line('ada', odd, 1),
      line('ada', odd, 1),
      { nick: 'bo', text: 'now', sentAt: expect.any(String) },
    ])

    await chat(app, 'export', '--room', 'lobby', '--out', 'copy.jsonl')
    expect(readFileSync(join(app.folder, 'copy.jsonl'), 'utf8')).toBe(out)
    const again = await chat(app, 'import', 'copy.jsonl', '--room', 'lobby')
    expect(again.err).toContain('3 lines read, 0 messages added')
  })

  test('chat export leaves an existing file as it is, and makes none for a room that is missing', async () => {
    const app = await startApp()
    writeFileSync(join(app.folder, 'copy.jsonl'), 'the last good copy')
    const { err, code } = await chat(app, 'export', '--room', 'lobby', '--out', 'copy.jsonl')
    expect({ err, code }).toEqual({
      err: expect.stringMatching(/^\S+copy\.jsonl is there already, and is left as it is\.\n$/),
      code: 1,
    })
    expect(readFileSync(join(app.folder, 'copy.jsonl'), 'utf8')).toBe('the last good copy')
    await chat(app, 'export', '--room', 'attic', '--out', 'attic.jsonl')
    expect(readdirSync(app.folder)).not.toContain('attic.jsonl')
  })

  test.each([
    ['SIGINT', { err: 'Interrupted. Nothing was written.\n', code: 1 }],
    ['SIGTERM', { err: 'Interrupted. Nothing was written.\n', code: 1 }],
    ['SIGKILL', { err: '', code: null }],
  ])('chat export that is ended by %s leaves no file with the wanted name', async (signal, expected) => {
    const app = await startApp()
    await (await visitor(app, 'bo')).send('one')
    // The first write to the file never ends.
    const hook = `import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      const create = fs.createWriteStream
      fs.createWriteStream = (...given) => {
        const file = create(...given)
        file._write = () => process.kill(process.pid, '${signal}')
        const waiting = setInterval(() => {}, 1_000)
        return file.once('close', () => clearInterval(waiting))
      }
      syncBuiltinESMExports()`
    const { err, code } = await runProgram('cli/chat.ts', {
      args: ['export', '--room', 'lobby', '--out', 'copy.jsonl'],
      settings: await databaseOf(app.folder),
      cwd: app.folder,
      flags: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    })
    expect({ err, code }).toEqual(expected)
    const left = readdirSync(app.folder).filter((name) => name.startsWith('copy'))
    expect(left).toEqual(signal === 'SIGKILL' ? [expect.stringMatching(/^copy\.jsonl\.\d+\.partial$/)] : [])
  })
})
