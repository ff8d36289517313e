import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compiled } from '../../../me-api/test/support/compiled.ts'

const main = join(import.meta.dirname, '../../../me-api/src/main.ts')

export const ownerAccount = { email: 'owner@example.org', password: 'a lamp in the window', nick: 'owner' }

/**
 * The real server on a port of its own with an empty database, or one that `seed` has filled. All limits are
 * off unless `settings` sets them.
 */
export async function startServer(
  settings: Record<string, string> = {},
  seed: (database: string) => void = () => undefined,
) {
  const directory = await mkdtemp(join(tmpdir(), 'me-e2e-'))
  const database = `file:${join(directory, 'me.db')}`
  seed(database)
  const server = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...compiled,
      PORT: '0',
      DATABASE_URL: database,
      OWNER_EMAIL: ownerAccount.email,
      OWNER_PASSWORD: ownerAccount.password,
      LOG_LEVEL: 'error',
      LIMIT_MESSAGES: 'off',
      LIMIT_EVENTS: 'off',
      LIMIT_ADDRESS_MESSAGES: 'off',
      LIMIT_CONNECTIONS: 'off',
      LIMIT_JOINS: 'off',
      LIMIT_REQUESTS: 'off',
      LIMIT_NEWCOMER: 'off',
      LIMIT_LOGINS: 'off',
      PROOF_OF_WORK: 'off',
      ...settings,
    },
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const output: string[] = []
  server.stderr.on('data', (chunk: Buffer) => output.push(String(chunk)))

  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).on('line', (line) => {
      output.push(line)
      const [address] = /http:\/\/\S+/.exec(line) ?? []
      if (address) resolve(address)
    })
    void ended.then(() => reject(new Error(`The server did not start:\n${output.join('\n')}`)))
  })

  async function stop() {
    server.kill('SIGTERM')
    await ended
    await rm(directory, { recursive: true, force: true })
  }
  return { url, stop }
}
