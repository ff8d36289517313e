import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL made from the machine's own programs, which can be killed and started again. */
export async function startPostgres({
  fsync = 'off' as 'on' | 'off',
  folder = mkdtempSync(join(tmpdir(), 'me-postgres-')),
} = {}) {
  const programs = findPrograms()
  const data = join(folder, 'data')
  const user = whoRuns()
  if (user) chownSync(folder, user.uid, user.gid)
  const options = { stdio: 'ignore' as const, ...user }
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'me', '--auth=trust', '--locale=C.UTF-8', '-E', 'UTF8'],
    options,
  )
  const port = await freePort()
  // A throwaway server need not survive a power cut.
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, `fsync=${fsync}`]
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const start = () => spawn(join(programs, 'postgres'), args, options)
  let server = start()

  async function answers(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        execFileSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], {
          stdio: 'ignore',
        })
        return
      } catch (error) {
        if (attempt > 100) throw error
        await pause(100)
      }
    }
  }
  await answers()
  const url = `postgres://me@127.0.0.1:${port}/postgres`
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null

  return {
    url,

    /** Ends all its processes at once, as a crash does: its log is gone through at the next start. */
    async kill(): Promise<void> {
      server.kill('SIGQUIT')
      if (!hasEnded()) await once(server, 'exit')
    },

    async restart(): Promise<void> {
      server = start()
      await answers()
    },

    /** Takes all connections, also those that others have open. The returned function gives them back. */
    async takeConnections(): Promise<() => Promise<void>> {
      const taken: pg.Client[] = []
      while (await takeOne(url, taken)) continue
      return async () => void (await Promise.all(taken.map((client) => client.end())))
    },

    /** Begins a new file of the log that it writes ahead. Where there is no room for one, it crashes. */
    async switchLog(): Promise<void> {
      const client = new pg.Client(url)
      client.on('error', () => {})
      await client.connect()
      await client.query('select pg_switch_wal()').catch(() => {})
      await client.end().catch(() => {})
    },

    async stop(): Promise<void> {
      server.kill('SIGINT')
      if (!hasEnded()) await once(server, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Takes one connection more, and ends those of others, which make room for the next ones. Returns false once there is
 * none left.
 */
async function takeOne(url: string, taken: pg.Client[]): Promise<boolean> {
  const client = new pg.Client(url)
  try {
    await client.connect()
  } catch {
    if (taken.length === 0) return true
    const { rowCount } = await taken[0]!.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and application_name <> 'taken'`,
    )
    return rowCount !== 0
  }
  await client.query(`set application_name = 'taken'`)
  taken.push(client)
  return true
}

/** A Redis that keeps nothing, which can be killed, frozen and started again. */
export async function startRedis(...options: string[]) {
  const port = await freePort()
  function start() {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options]
    const server = spawn('redis-server', args, { stdio: 'ignore' })
    server.once('error', () => {
      process.stderr.write('No Redis here: set TEST_REDIS_URL, or install the package redis-server.\n')
      process.exit(1)
    })
    return server
  }
  let server = start()
  await listens(port)
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => void server.kill('SIGKILL'),
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    restart: () => void (server = start()),
  }
}

/** Resolves once a program accepts connections on the port. */
async function listens(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (attempt > 100) throw error
      await pause(50)
    } finally {
      socket.destroy()
    }
  }
}

/** PostgreSQL refuses to run as root, so that it runs as the user Debian made for it. */
function whoRuns(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** The newest version's programs, where Debian and others keep them. */
function findPrograms(): string {
  const home = '/usr/lib/postgresql'
  const versions = existsSync(home)
    ? readdirSync(home)
        .map(Number)
        .toSorted((one, other) => other - one)
    : []
  const folders = [
    ...versions.map((version) => join(home, String(version), 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  const found = folders.find((folder) =>
    ['initdb', 'postgres', 'pg_isready'].every((name) => existsSync(join(folder, name))),
  )
  if (found) return found
  process.stderr.write('No PostgreSQL here: set TEST_POSTGRES_URL, or install the package postgresql.\n')
  process.exit(1)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
