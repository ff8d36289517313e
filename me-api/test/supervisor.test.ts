import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SUPERVISOR, runProgram, startServer } from './support/program.ts'
import { api } from './support/rest.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

const inFolder = (folder: string) => ({ DATABASE_URL: `file:${join(folder, 'me.db')}` })
const fault = ['--import', join(import.meta.dirname, 'support/fault.mjs')]

/** Milliseconds that a process may take to start or to end. */
const PATIENCE = 20_000

const statusOf = (url: string) =>
  fetch(url).then(
    ({ status }) => status,
    () => 0,
  )

describe('unhandled errors', () => {
  test.each(['exception', 'rejection'])(
    'the server logs an unhandled %s, is no longer ready, stores what it acknowledged and exits with 70',
    async (FAULT) => {
      const folder = temporaryFolder()
      const server = await startServer(
        { ...inFolder(folder), LIMIT_MESSAGES: 'off', LOG_LEVEL: 'error', FAULT },
        { flags: fault },
      )
      const ada = await visitor(server, 'ada')
      const sending = Promise.allSettled(Array.from({ length: 50 }, (_, n) => ada.send(`${n}`)))
      await ada.send('last')
      process.kill(server.pid, 'SIGUSR2')
      await eventually(async () => expect(await statusOf(`${server.url}/readyz`)).toBe(503), PATIENCE)
      expect(await server.exited).toBe(70)
      expect(ada.notices).toMatchObject([{ code: 'RESTARTING' }])
      const [line] = server
        .output()
        .split('\n')
        .filter((text) => text.startsWith('{'))
      expect(JSON.parse(line ?? '')).toMatchObject({ level: 60, err: { message: 'on purpose' } })

      const acknowledged = (await sending).filter(({ status }) => status === 'fulfilled')
      expect(acknowledged).toHaveLength(50)
      const restarted = await startServer(inFolder(folder))
      const { messages } = await (await connect(restarted)).enter(0)
      expect(messages).toHaveLength(51)
    },
  )

  test('the server keeps running when the system cannot accept a connection', async () => {
    const settings = { ...inFolder(temporaryFolder()), LOG_LEVEL: 'error', FAULT: 'accept' }
    const server = await startServer(settings, { flags: fault })
    process.kill(server.pid, 'SIGUSR2')
    await eventually(() => expect(server.output().match(/accept EMFILE/g)?.length).toBeGreaterThanOrEqual(3))
    expect(await statusOf(`${server.url}/readyz`)).toBe(200)
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})

describe('npm start', () => {
  const supervised = (settings: Record<string, string>, flags: string[] = []) =>
    startServer(
      { LOG_LEVEL: 'info', ...settings },
      { file: SUPERVISOR, flags: ['--max-semi-space-size=4', ...flags] },
    )
  type Supervised = Awaited<ReturnType<typeof supervised>>

  /** The address of the latest start, and the process that serves it. */
  async function latest({ output }: Supervised, starts: number): Promise<{ url: string; pid: number }> {
    const url = await eventually(() => {
      const urls = [...output().matchAll(/Listening on (\S+)/g)].map(([, address]) => address!)
      expect(urls).toHaveLength(starts)
      return urls.at(-1)!
    }, PATIENCE)
    await api({ url } as never)
      .get('/api')
      .expect(200)
    // The line of that request in the log may come after its answer.
    const pid = await eventually(() => {
      const pids = new Set([...output().matchAll(/"pid":(\d+)/g)].map(([, id]) => Number(id)))
      expect(pids.size).toBe(starts)
      return [...pids].at(-1)!
    })
    return { url, pid }
  }

  test('npm start restarts the server after a crash, at most once in ten seconds', async () => {
    const server = await supervised(inFolder(temporaryFolder()))
    const first = await latest(server, 1)
    const sent = await (await visitor(first, 'ada')).send('hej')
    process.kill(first.pid, 'SIGKILL')
    const second = await latest(server, 2)
    expect(second.pid).not.toBe(first.pid)
    expect((await (await connect(second)).enter(0)).messages).toEqual([sent])
    expect(server.errors()).toBe('The server ended with SIGKILL; it restarts in 0 s.\n')
    process.kill(second.pid, 'SIGKILL')
    await eventually(() => expect(server.errors()).toMatch(/SIGKILL; it restarts in ([1-9]|10) s\.\n$/))
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('npm start restarts the server after an unhandled error, with its own Node flags', async () => {
    const settings = { ...inFolder(temporaryFolder()), FAULT: 'exception' }
    const server = await supervised(settings, fault)
    const first = await latest(server, 1)
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${first.pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=4')
    process.kill(first.pid, 'SIGUSR2')
    await latest(server, 2)
    expect(server.errors()).toBe('The server ended with 70; it restarts in 0 s.\n')
    expect(await server.kill('SIGINT')).toBe(0)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'npm start passes %s on and exits with the code of the server',
    async (signal) => {
      const server = await supervised(inFolder(temporaryFolder()))
      const { url } = await latest(server, 1)
      const ada = await visitor({ url }, 'ada')
      process.kill(server.pid, signal)
      // As from a terminal, whose signal reaches both.
      process.kill(server.pid, signal)
      expect(await server.exited).toBe(0)
      expect(ada.notices).toMatchObject([{ code: 'RESTARTING' }])
      expect(await statusOf(url)).toBe(0)
      expect(server.errors()).toBe('')
    },
  )

  test('npm start exits with 0 when it is stopped while the server restarts', async () => {
    const server = await supervised(inFolder(temporaryFolder()))
    process.kill((await latest(server, 1)).pid, 'SIGKILL')
    await eventually(() => expect(server.errors()).toContain('it restarts in 0 s'), PATIENCE)
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('npm start exits with 0 when the server itself is stopped', async () => {
    const server = await supervised(inFolder(temporaryFolder()))
    process.kill((await latest(server, 1)).pid, 'SIGTERM')
    expect(await server.exited).toBe(0)
  })

  test.each(['SIGKILL', 'SIGABRT'] as const)(
    'the server stops when npm start is killed by %s',
    async (signal) => {
      const server = await supervised(inFolder(temporaryFolder()))
      const { url, pid } = await latest(server, 1)
      const ada = await visitor({ url }, 'ada')
      await server.kill(signal)
      await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENCE)
      expect(ada.notices).toMatchObject([{ code: 'RESTARTING' }])
    },
  )

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'the server stops when %s ends the shell that npm runs npm start in',
    async (signal) => {
      const server = await startServer(
        { LOG_LEVEL: 'info', npm_lifecycle_event: 'start', ...inFolder(temporaryFolder()) },
        { file: SUPERVISOR, inShell: true },
      )
      const { url, pid } = await latest(server, 1)
      const ada = await visitor({ url }, 'ada')
      await server.kill(signal)
      await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENCE)
      expect(ada.notices).toMatchObject([{ code: 'RESTARTING' }])
    },
  )

  test('npm start exits with 1, without a restart, when a setting or the port is wrong', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    closeAfterTest(async () => void other.close())
    const { port } = other.address() as { port: number }
    for (const PORT of ['x', String(port)]) {
      const { code, err } = await runProgram(SUPERVISOR, {
        settings: { PORT, ...inFolder(temporaryFolder()) },
      })
      expect({ code, lines: err.trim().split('\n') }).toEqual({
        code: 1,
        lines: [expect.stringMatching(/^PORT: /)],
      })
    }
  })
})
