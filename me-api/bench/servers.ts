import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { DialectName } from './dialects.ts'

const repository = join(import.meta.dirname, '../..')

export type Contestant = { name: string; dialect: DialectName; command: string[] }

/** The flags of `npm start`, so that the benchmark measures what ships. */
const flags = (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'))

const beside = (file: string) => [join(import.meta.dirname, 'servers', file)]

export const ours: Contestant = {
  name: 'this one',
  dialect: 'house',
  command: [...flags, 'me-api/src/main.ts'],
}
export const usual: Contestant = {
  name: 'usual chat',
  dialect: 'tutorial',
  command: beside('usual-chat.ts'),
}
const plainSocketIo: Contestant = {
  name: 'plain Socket.IO',
  dialect: 'tutorial',
  command: beside('plain-socket-io.ts'),
}
const plainWs: Contestant = { name: 'plain ws', dialect: 'ws', command: beside('plain-ws.ts') }
/** Plain Socket.IO for several nodes. */
export const adapted: Contestant = {
  name: 'Socket.IO with its Redis adapter',
  dialect: 'tutorial',
  command: beside('adapted-socket-io.ts'),
}
export const contestants = [ours, usual, plainSocketIo, plainWs]

export type RunningServer = Awaited<ReturnType<typeof startServer>>

/** Creates a folder for one server's database. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'me-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a contestant as a separate process without limits, and waits for its address. */
export async function startServer(
  { command, name }: Contestant,
  folder: string,
  port: number,
  settings: Record<string, string> = {},
) {
  const began = performance.now()
  const child = spawn(process.execPath, [...profiling, ...command], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATABASE: join(folder, 'chat.db'),
      DATABASE_URL: `file:${join(folder, 'me.db')}`,
      LOG_LEVEL: 'silent',
      LIMIT_MESSAGES: 'off',
      LIMIT_EVENTS: 'off',
      LIMIT_ADDRESS_MESSAGES: 'off',
      LIMIT_CONNECTIONS: 'off',
      LIMIT_JOINS: 'off',
      LIMIT_REQUESTS: 'off',
      LIMIT_NEWCOMER: 'off',
      PROOF_OF_WORK: 'off',
      ...settings,
    },
  })
  // The server ends with the benchmark, also if that is interrupted.
  process.once('exit', () => child.kill('SIGKILL'))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await firstAddress(child, name)
  const pid = child.pid ?? 0
  return {
    url: `http://127.0.0.1:${port}`,
    startedIn: performance.now() - began,
    cpuSeconds: () => cpuSecondsOf(pid),
    memory: () => memoryOf(pid),
    async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
      child.kill(signal)
      await exited
    },
  }
}

/** `BENCH_PROFILE=FOLDER` makes each server write a CPU profile there, for which it must end by itself. */
const profiling = process.env['BENCH_PROFILE']
  ? ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROFILE']}`]
  : []

function firstAddress(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/http:\/\/\S+/.test(said)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened`)))
  })
}

/**
 * Returns user and system time so far, of all threads, in seconds: fields 14 and 15 of proc_pid_stat(5), in ticks of
 * 10 ms.
 */
function cpuSecondsOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(afterName[11]) + Number(afterName[12])) / 100
}

/** Returns resident memory, in bytes. */
function memoryOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1_024
}

/** Waits until memory stops falling: the garbage collector runs some seconds after the last work. */
export async function settledMemory(server: RunningServer, seconds: number): Promise<number> {
  let least = Infinity
  for (let second = 0; second < seconds; second++) {
    await pause(1_000)
    least = second < seconds / 2 ? Infinity : Math.min(least, server.memory())
  }
  return least
}
