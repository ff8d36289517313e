import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTcpProxy } from '../test/support/tcp-proxy.ts'
import { mountSmallDisk } from '../test/support/small-disk.ts'
import { startPostgres, startRedis } from '../test/support/throwaway-servers.ts'

const main = join(import.meta.dirname, '../src/main.ts')
/** Milliseconds between two connections that the balancer breaks. */
const BREAK_EVERY = 400

/** No limits: a dozen writers at one address are no flood here. */
const unlimited = Object.fromEntries(
  ['MESSAGES', 'NEWCOMER', 'EVENTS', 'ADDRESS_MESSAGES', 'CONNECTIONS', 'JOINS', 'REQUESTS'].map((name) => [
    `LIMIT_${name}`,
    'off',
  ]),
)

export type Cluster = Awaited<ReturnType<typeof startCluster>>

/**
 * Two nodes as processes of their own on a PostgreSQL and a Redis of their own, behind a balancer that leads each
 * connection to any node that runs, and breaks one again and again if told so.
 */
export async function startCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'me-storm-'))
  const disk = mountSmallDisk()
  const [postgres, redis] = [
    await startPostgres({ ...(disk && { folder: disk.folder }) }),
    await startRedis(),
  ]
  const settings = {
    ...unlimited,
    PATH: process.env['PATH'],
    PORT: '0',
    LOG_LEVEL: 'warn',
    PROOF_OF_WORK: 'off',
    DATABASE_URL: postgres.url,
    SESSION_SECRET: 'a secret for the storm that is long enough',
  }
  const nodes = [await startNode('one', folder, settings, redis.url)]
  nodes.push(await startNode('other', folder, settings, redis.url))

  const running = () => nodes.flatMap(({ url }) => url() ?? [])
  const anyOf = (urls: string[]) => urls[Math.floor(Math.random() * urls.length)]
  // Where none runs, the connection is refused at the place of one that did.
  const balancer = await startTcpProxy(() => anyOf(running()) ?? nodes[0]!.lastUrl())
  let breaking: NodeJS.Timeout

  return {
    url: balancer.url,
    nodes,
    postgres,
    /** PostgreSQL's; null where none may be made. */
    disk,
    redis,
    /** From now on connections break, until `calm`. */
    breakConnections: () => void (breaking = setInterval(balancer.cutOne, BREAK_EVERY)),
    calm: () => clearInterval(breaking),
    async stop(): Promise<void> {
      clearInterval(breaking)
      balancer.close()
      for (const node of nodes) await node.end()
      redis.kill()
      await postgres.stop()
      disk?.unmount()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startNode(name: string, cwd: string, settings: NodeJS.ProcessEnv, redisUrl: string) {
  const way = await startTcpProxy(() => redisUrl)
  const env = { ...settings, REDIS_URL: `redis://127.0.0.1:${new URL(way.url).port}` }
  let child: ChildProcess
  let url: string | null = null
  let lastUrl = ''
  let isEnding = false
  /** How often the log has each warning or fault. */
  const logged = new Map<string, number>()
  const faults: string[] = []

  async function start(): Promise<void> {
    isEnding = false
    const mine = (child = spawn(process.execPath, [main], { env, cwd, stdio: 'pipe' }))
    mine.once('exit', (code, signal) => {
      url = null
      if (!isEnding) faults.push(`node ${name} ended by itself with ${signal ?? code}`)
    })
    mine.stderr.on('data', (chunk: Buffer) => faults.push(`node ${name}: ${chunk.toString().trim()}`))
    url = lastUrl = await new Promise<string>((resolve, reject) => {
      mine.once('exit', (code) =>
        reject(new Error(`node ${name} does not start: ${code} ${faults.join(' ')}`)),
      )
      let rest = ''
      mine.stdout.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        lines.forEach((line) => read(line, resolve))
      })
    })
  }

  function read(line: string, listening: (url: string) => void): void {
    const address = /^Listening on (\S+)/.exec(line)?.[1]
    if (address) listening(address.replace('localhost', '127.0.0.1'))
    if (!line.startsWith('{')) return
    const { level, msg, err } = JSON.parse(line) as { level: number; msg: string; err?: { message: string } }
    const text = `${level >= 50 ? 'error' : 'warning'}: ${msg}${err ? ` (${err.message})` : ''}`
    logged.set(text, (logged.get(text) ?? 0) + 1)
    if (level >= 60) faults.push(`node ${name}: ${text}`)
  }

  async function endWith(signal: NodeJS.Signals): Promise<number | null> {
    isEnding = true
    url = null
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }

  await start()
  return {
    name,
    way,
    logged,
    faults,
    start,
    /** Where it listens, while it runs. */
    url: () => url,
    lastUrl: () => lastUrl,
    kill: () => endWith('SIGKILL'),
    async stop(): Promise<void> {
      const code = await endWith('SIGTERM')
      if (code !== 0) faults.push(`node ${name} stopped with ${code}`)
    },
    async end(): Promise<void> {
      await endWith('SIGKILL')
      way.close()
    },
  }
}

export type StormNode = Awaited<ReturnType<typeof startNode>>
