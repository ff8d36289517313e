import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { compiled } from '../../../me-api/test/support/compiled.ts'
import { ownerAccount } from './server.ts'

const root = join(import.meta.dirname, '../../..')

/** The real server with its own database, which a test can kill and start again on the same port. */
export type TestServer = {
  url: string
  /** Kills the process without a shutdown, like a power cut. */
  kill: () => Promise<void>
  start: (settings?: Record<string, string>) => Promise<void>
  /** Suspends the process: its connections stay open, but it does not answer, as after a lost mobile network. */
  suspend: () => void
  resume: () => void
  /** Locks all rooms, or unlocks them. */
  lock: (on?: boolean) => void
  /** Imports earlier messages into the lobby, a minute apart. */
  seedMessages: (texts: string[], nick?: string) => void
  /** Imports earlier messages into the lobby, each with its author and time. */
  importMessages: (messages: SeedMessage[]) => void
  /** Changes the database directly, without the server's knowledge. */
  runSql: (sql: string) => void
  /** Sends messages over REST as a new visitor, all at once. */
  postMessages: (nick: string, texts: string[]) => Promise<void>
}

export type SeedMessage = { nick: string; text: string; sentAt: string }

/** Creates a server with its database in a directory; `more` are settings for every start. */
export function createTestServer(directory: string, more: Record<string, string> = {}): TestServer {
  const settings = {
    PATH: process.env.PATH,
    ...compiled,
    DATABASE_URL: `file:${directory}/me.db`,
    OWNER_EMAIL: ownerAccount.email,
    OWNER_PASSWORD: ownerAccount.password,
    LOG_LEVEL: 'error',
    LIMIT_MESSAGES: 'off',
    LIMIT_JOINS: 'off',
    LIMIT_EVENTS: 'off',
    LIMIT_REQUESTS: 'off',
    LIMIT_ADDRESS_MESSAGES: 'off',
    LIMIT_CONNECTIONS: 'off',
    LIMIT_NEWCOMER: 'off',
    ...more,
  }
  let child: ChildProcess | undefined
  let url = 'http://localhost:0'

  async function start(more: Record<string, string> = {}): Promise<void> {
    const env = { ...settings, PORT: new URL(url).port || '0', ...more }
    const starting = spawn(process.execPath, ['me-api/src/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = starting
    const ended = once(starting, 'exit').then(() => ['it ended'])
    const [line] = (await Promise.race([once(createInterface(starting.stdout), 'line'), ended])) as [string]
    const address = /http:\S+/.exec(line)?.[0]
    if (!address) throw new Error(`the server did not start: ${line}`)
    url = address
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  function runSql(sql: string): void {
    // The server may be writing.
    const database = new DatabaseSync(join(directory, 'me.db'), { timeout: 5_000 })
    database.exec(sql)
    database.close()
  }

  function seedMessages(texts: string[], nick = 'Ada'): void {
    const start = Date.UTC(2026, 2, 3, 12)
    importMessages(
      texts.map((text, index) => ({ nick, text, sentAt: new Date(start + index * 60_000).toISOString() })),
    )
  }

  function importMessages(messages: SeedMessage[]): void {
    const file = join(directory, 'said.jsonl')
    writeFileSync(file, messages.map((line) => JSON.stringify(line)).join('\n'))
    const command = ['me-api/src/cli/chat.ts', 'import', file, '--room', 'lobby', '--append']
    const { status, stderr } = spawnSync(process.execPath, command, {
      cwd: root,
      env: settings,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }

  async function postMessages(nick: string, texts: string[]): Promise<void> {
    const post = (path: string, body: object, token = '') =>
      fetch(`${url}/api/chat/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      })
    const { data } = (await (await post('visitors', { nick })).json()) as { data: { token: string } }
    await Promise.all(texts.map((text) => post('rooms/lobby/messages', { text }, data.token)))
  }

  return {
    get url() {
      return url
    },
    kill,
    start,
    suspend: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    lock: (on = true) => runSql(`update rooms set locked = ${Number(on)}`),
    seedMessages,
    importMessages,
    runSql,
    postMessages,
  }
}
