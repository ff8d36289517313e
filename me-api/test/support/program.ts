import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { compiled } from './compiled.ts'
import { closeAfterTest, temporaryFolder } from './start-app.ts'

type Options = {
  args?: string[]
  settings?: Record<string, string>
  input?: string
  /** Left out, an empty folder: in the repository a developer's `.env` would be read. */
  cwd?: string
  /** Flags of Node's. */
  flags?: string[]
  /** Runs the program in a shell that passes no signal on, as npm does on Debian. */
  inShell?: boolean
}

const source = (file: string) => join(import.meta.dirname, '../../src', file)

function launch(
  file: string,
  { args = [], settings = {}, cwd = temporaryFolder(), flags = [], inShell = false }: Options,
): ChildProcess {
  const env = { PATH: process.env['PATH'], ...compiled, ...settings }
  const program = [process.execPath, ...flags, source(file), ...args]
  const [command = '', ...words] = inShell ? ['sh', '-c', '"$@"; exit', 'sh', ...program] : program
  const child = spawn(command, words, { env, cwd, stdio: 'pipe' })
  closeAfterTest(async () => void child.kill('SIGKILL'))
  return child
}

/** Runs one of the programs as a process of its own, to its end. */
export async function runProgram(file: string, options: Options = {}) {
  const child = launch(file, options)
  child.stdin?.end(options.input ?? '')
  const [out, err, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ])
  return { out, err, code }
}

/** What `npm start` runs, from where `source` looks. */
export const SUPERVISOR = '../../start.mjs'

/** Starts the server as a process of its own, and waits for its line with the URL. */
export async function startServer(
  settings: Record<string, string>,
  {
    file = 'main.ts',
    flags = [],
    args = [],
    cwd,
    inShell = false,
  }: { file?: string; flags?: string[]; args?: string[]; cwd?: string; inShell?: boolean } = {},
) {
  const child = launch(file, {
    settings: {
      PORT: '0',
      LOG_LEVEL: 'silent',
      LIMIT_NEWCOMER: 'off',
      LIMIT_EVENTS: 'off',
      LIMIT_REQUESTS: 'off',
      LIMIT_ADDRESS_MESSAGES: 'off',
      ...settings,
    },
    flags,
    args,
    inShell,
    ...(cwd && { cwd }),
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let [out, err] = ['', '']
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const found = /http:\/\/\S+/.exec(out)?.[0]
      if (found) resolve(found)
    })
    void exited.then((code) => reject(new Error(`the server ended with ${code}: ${err}`)))
  })
  return {
    url,
    pid: child.pid!,
    output: () => out,
    errors: () => err,
    /** Its exit code, once it has ended. */
    exited,
    async kill(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal)
      return exited
    },
  }
}
