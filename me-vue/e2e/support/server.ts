import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const main = join(import.meta.dirname, '../../../me-api/src/main.ts')

export const owner = { email: 'owner@example.org', password: 'a lamp in the window', nick: 'owner' }

/**
 * The real server on a port of its own with an empty database, or one that `furnish` has filled, its limits lifted
 * unless `settings` set them.
 */
export async function startServer(
  settings: Record<string, string> = {},
  furnish: (database: string) => void = () => undefined,
) {
  const home = await mkdtemp(join(tmpdir(), 'me-e2e-'))
  const database = `file:${join(home, 'me.db')}`
  furnish(database)
  const server = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: database,
      OWNER_EMAIL: owner.email,
      OWNER_PASSWORD: owner.password,
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
  const said: string[] = []
  server.stderr.on('data', (chunk: Buffer) => said.push(String(chunk)))

  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).on('line', (line) => {
      said.push(line)
      const [address] = /http:\/\/\S+/.exec(line) ?? []
      if (address) resolve(address)
    })
    void ended.then(() => reject(new Error(`The server did not start:\n${said.join('\n')}`)))
  })

  async function stop() {
    server.kill('SIGTERM')
    await ended
    await rm(home, { recursive: true, force: true })
  }
  return { url, stop }
}
