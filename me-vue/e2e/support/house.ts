import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { owner } from './server.ts'

const root = join(import.meta.dirname, '../../..')

/** The real server with a database of its own, which a test may kill and start again on the same port. */
export type House = {
  url: string
  /** As a power cut would: no goodbye. */
  kill: () => Promise<void>
  start: (settings?: Record<string, string>) => Promise<void>
  /** Half-open, as a lost mobile network leaves it: the connection stands, and nobody answers. */
  freeze: () => void
  thaw: () => void
  /** Closes the lobby for writing, or opens it again. */
  lock: (on?: boolean) => void
  /** Puts what was said before into the lobby; one line after another, a minute apart. */
  remember: (texts: string[], nick?: string) => void
  /** The same, with who said it and when. */
  recall: (lines: SaidBefore[]) => void
  /** Changes what is stored behind the server's back. */
  alter: (sql: string) => void
  /** Somebody without a browser says all this at once. */
  script: (nick: string, texts: string[]) => Promise<void>
}

export type SaidBefore = { nick: string; text: string; sentAt: string }

/** The house whose database is in a directory; `more` are settings that it always has. */
export function buildHouse(directory: string, more: Record<string, string> = {}): House {
  const settings = {
    PATH: process.env.PATH,
    DATABASE_URL: `file:${directory}/me.db`,
    OWNER_EMAIL: owner.email,
    OWNER_PASSWORD: owner.password,
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
  let server: ChildProcess | undefined
  let url = 'http://localhost:0'

  async function start(more: Record<string, string> = {}): Promise<void> {
    const env = { ...settings, PORT: new URL(url).port || '0', ...more }
    const starting = spawn(process.execPath, ['me-api/src/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    server = starting
    const ended = once(starting, 'exit').then(() => ['it ended'])
    const [line] = (await Promise.race([once(createInterface(starting.stdout), 'line'), ended])) as [string]
    const address = /http:\S+/.exec(line)?.[0]
    if (!address) throw new Error(`the server did not start: ${line}`)
    url = address
  }

  async function kill(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }

  function alter(sql: string): void {
    const database = new DatabaseSync(join(directory, 'me.db'))
    database.exec(sql)
    database.close()
  }

  function remember(texts: string[], nick = 'Ada'): void {
    const start = Date.UTC(2026, 2, 3, 12)
    recall(
      texts.map((text, index) => ({ nick, text, sentAt: new Date(start + index * 60_000).toISOString() })),
    )
  }

  function recall(lines: SaidBefore[]): void {
    const file = join(directory, 'said.jsonl')
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
    const command = ['me-api/src/cli/chat.ts', 'import', file, '--room', 'lobby']
    const { status, stderr } = spawnSync(process.execPath, command, {
      cwd: root,
      env: settings,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }

  async function script(nick: string, texts: string[]): Promise<void> {
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
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    lock: (on = true) => alter(`update rooms set locked = ${Number(on)}`),
    remember,
    recall,
    alter,
    script,
  }
}
