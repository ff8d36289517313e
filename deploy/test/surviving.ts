import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { type Readers, eventually, join, json, reader, say, texts } from './people.ts'
import { commandsUnder } from './docs.ts'
import { type Stack, previousVersion } from './stack.ts'

/** What was said outlives stops, crashes, a lost volume and an upgrade; readers catch up by themselves. */
export function survives(stack: Stack, readers: Readers): void {
  const { url } = stack

  test('down and up: everything is still there, and readers catch up by themselves', async () => {
    const patient = reader(url, 'polling')
    readers.push(patient)
    await eventually(() => assert.equal(patient.seen.length, 2))
    await stack.must('down')
    await stack.up()
    assert.deepEqual(await texts(url), ['hello through the door', 'hello from a browser'])
    await say(url, await join(url, 'cy'), 'after the pause')
    await eventually(() => assert.equal(patient.seen.at(-1), 'after the pause'))
  })

  test('the stop was graceful: the API heard SIGTERM, and ended by itself', async () => {
    const id = (await stack.must('ps', '--quiet', 'api')).trim()
    await stack.must('stop', 'api')
    const { out } = await stack.docker('inspect', '--format', '{{.State.ExitCode}}', id)
    assert.equal(out.trim(), '0')
    await stack.up()
  })

  test('the API killed with -9 is back by itself, and its readers miss nothing', async () => {
    const patient = reader(url, 'websocket')
    readers.push(patient)
    await eventually(() => assert.equal(patient.seen.at(-1), 'after the pause'))
    const dee = await join(url, 'dee')
    await say(url, dee, 'before the crash')
    const id = (await stack.must('ps', '--quiet', 'api')).trim()
    await stack.kill(id)
    await eventually(() => say(url, dee, 'after the crash'), 30_000)
    await eventually(() => assert.deepEqual(patient.seen.slice(-2), ['before the crash', 'after the crash']))
    const { out } = await stack.docker('inspect', '--format', '{{.RestartCount}}', id)
    assert.equal(out.trim(), '1')
  })

  test('backup, wipe, restore: what was said is there, with search', async () => {
    for (const command of commandsUnder('## Backup and restore', 0)) await stack.shell(command)
    const again = await stack.compose(
      'exec',
      '-T',
      'api',
      'npm',
      'run',
      '-s',
      'backup',
      '--',
      '/backups/today.db',
    )
    assert.match(again.err, /is there already/)
    await say(url, await join(url, 'eve'), 'never backed up')
    await stack.must('stop', 'api')
    await stack.must('run', '--rm', '--no-deps', 'api', 'sh', '-c', 'rm /data/me.db*')
    await stack.up()
    assert.deepEqual(await texts(url), [])
    for (const command of commandsUnder('## Backup and restore', 2)) await stack.shell(command)
    const restored = await texts(url)
    assert.deepEqual(restored.slice(-2), ['before the crash', 'after the crash'])
    const { messages } = await json<{ messages: unknown[] }>(`${url}/api/chat/search?q=crash`)
    assert.equal(messages.length, 2)
  })

  test('the backup service makes its first copy at once', async () => {
    await stack.must('--profile', 'backup', 'up', '--detach', 'backup')
    await eventually(async () => assert.match(await stack.inApi('ls', '/backups'), /^me-\d{4}-.*Z\.db$/m))
    await stack.must('--profile', 'backup', 'rm', '--stop', '--force', 'backup')
  })

  test('an upgrade from the version before keeps what was said, and readers stay', async (context) => {
    const previous = previousVersion()
    if (!previous) return context.skip('there is no version before this one in this history')
    context.diagnostic(`from ${previous.name}`)
    const image = `${stack.project}-api:previous`
    const built = await stack.docker(
      'build',
      '-q',
      '-f',
      `${previous.folder}/me-api/Dockerfile`,
      '-t',
      image,
      previous.folder,
    )
    assert.equal(built.code, 0, built.err)
    rmSync(previous.folder, { recursive: true })
    const own = `${stack.project}-api:local`
    await stack.must('down', '--volumes')
    await stack.docker('tag', own, `${stack.project}-api:next`)
    await stack.docker('tag', image, own)
    await stack.up('--no-build')
    const fay = await join(url, 'fay')
    await say(url, fay, 'said to the old version')
    const patient = reader(url, 'websocket')
    readers.push(patient)
    await eventually(() => assert.deepEqual(patient.seen, ['said to the old version']))

    await stack.docker('tag', `${stack.project}-api:next`, own)
    await stack.up('--no-build')
    await say(url, fay, 'said to the new one')
    await eventually(() => assert.deepEqual(patient.seen, ['said to the old version', 'said to the new one']))
  })
}
