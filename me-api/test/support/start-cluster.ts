/**
 * Runs the API's tests against a real PostgreSQL and Redis: those of TEST_POSTGRES_URL and TEST_REDIS_URL, or throwaway
 * servers made from the machine's own programs. Each test gets a database of its own in them.
 */
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { TEST_POSTGRES_URL, TEST_REDIS_URL } = process.env
const postgres = TEST_POSTGRES_URL ? null : await startPostgres()
const redis = TEST_REDIS_URL ? null : await startRedis()
const env = { TEST_POSTGRES_URL: postgres?.url, TEST_REDIS_URL: redis?.url, ...process.env }
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
// Files come before the option, which takes all that follows it for projects.
const args = [...jest, ...process.argv.slice(2), '--selectProjects', 'me-api']
const child = spawn(process.execPath, args, { env, stdio: 'inherit' })
const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)))
postgres?.stop()
redis?.stop()
process.exit(code)

async function startPostgres() {
  const programs = findPrograms()
  const folder = mkdtempSync(join(tmpdir(), 'me-postgres-'))
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
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'fsync=off',
  ]
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...settings], options)
  const stop = () => {
    server.kill('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; ; attempt++) {
    try {
      execFileSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
      return { url: `postgres://me@127.0.0.1:${port}/postgres`, stop }
    } catch (error) {
      if (attempt > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function startRedis() {
  const port = await freePort()
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  server.once('error', () => {
    process.stderr.write('No Redis here: set TEST_REDIS_URL, or install the package redis-server.\n')
    process.exit(1)
  })
  return { url: `redis://127.0.0.1:${port}`, stop: () => void server.kill() }
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
