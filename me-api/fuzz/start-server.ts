import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Health } from './server-process.ts'

export const accounts = {
  owner: { email: 'owner@example.org', password: 'correct horse battery' },
  member: { email: 'ada@example.org', password: 'a lovely engine', nick: 'Ada' },
}

/** All limits are on, so that their memory is measured too, and so wide that hardly anything is refused. */
const wideLimits = {
  LIMIT_MESSAGES: '100000/1s',
  LIMIT_EVENTS: '100000/1s',
  LIMIT_ADDRESS_MESSAGES: '100000/1s',
  LIMIT_CONNECTIONS: '100000',
  LIMIT_JOINS: '100000/1s',
  LIMIT_REQUESTS: '100000/1s',
  LIMIT_LOGINS: '100000/1s',
  LIMIT_NEWCOMER: 'off',
  PROOF_OF_WORK: 'off',
}

/** Starts the server with an empty database and, by default, wide limits. `faults` are the errors in its log, and its exit. */
export async function startServer(settings: Record<string, string> = wideLimits) {
  const folder = mkdtempSync(join(tmpdir(), 'me-fuzz-'))
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    DATABASE_URL: `file:${join(folder, 'me.db')}`,
    LOG_LEVEL: 'error',
    OWNER_EMAIL: accounts.owner.email,
    OWNER_PASSWORD: accounts.owner.password,
    TRUST_PROXY: '1',
    ...settings,
  }
  const child = fork(join(import.meta.dirname, 'server-process.ts'), {
    env,
    execArgv: ['--expose-gc'],
    silent: true,
  })
  const faults: string[] = []
  let isStopped = false
  child.once('exit', (code, signal) => {
    if (!isStopped) faults.push(`the server ended with ${signal ?? code}`)
  })
  child.stderr?.on('data', (chunk: Buffer) => faults.push(chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(faults.join('\n'))))
    child.stdout?.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      const address = /Listening on (\S+)/.exec(text)?.[1]
      if (address) resolve(address.replace('localhost', '127.0.0.1'))
      else if (text.startsWith('{')) faults.push(text)
    })
  })
  return {
    url,
    faults,
    async health(): Promise<Health> {
      child.send('health')
      const [health] = (await once(child, 'message')) as [Health]
      return health
    },
    async stop(): Promise<void> {
      isStopped = true
      child.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}
