import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

// Plain JavaScript, so that a Node too old for TypeScript can still say so in one line, and so that this process, which
// lives as long as the server, stays small.
const needed = 26
if (Number.parseInt(process.versions.node) < needed) {
  process.stderr.write(
    `This needs Node ${needed} or newer, and found ${process.versions.node}. Start it with "npm start": ` +
      `"npm ci" brings the right Node, unless optional dependencies are left out.\n`,
  )
  process.exit(1)
}

/** Milliseconds between two new starts at least. */
const APART = 10_000
/** Milliseconds between two looks at whether npm is still there. */
const PARENT_CHECK = 500

/** The process that started this one: npm's shell, or npm itself. */
const parent = process.ppid

// In a process of its own: what a build needs, 400 MB, would stay with this one for as long as it runs.
const build = join(import.meta.dirname, 'me-vue/build/build-if-changed.ts')
const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

// The server finds the compressed files as they come; until then it sends the files as they are.
const compressing = spawn(
  process.execPath,
  [join(import.meta.dirname, 'me-vue/build/compress.ts'), '--background'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
process.once('exit', () => compressing.kill())

const main = join(import.meta.dirname, 'me-api/src/main.ts')
let server = start()
/** The signal by which this process was told to stop. */
let told
let startedAnewAt = -Infinity

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)

// npm signals only the shell that it runs this in, and a shell such as Debian's ends without passing that on: the server
// would go on, and keep port and database.
if (process.env.npm_lifecycle_event === 'start') {
  setInterval(() => process.ppid !== parent && !told && stop('SIGTERM'), PARENT_CHECK)
}

function stop(signal) {
  told = signal
  // False where it has ended, and has not been restarted yet.
  if (!server.kill(signal)) process.exit()
}

/** Starts the server. The channel tells it when this process is gone, however that ended. */
function start() {
  const child = spawn(process.execPath, [...process.execArgv, main], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  child.once('exit', ended)
  return child
}

/**
 * 0: it was told to stop, as was one that the signal met while it started. 1: it cannot start as it is set up, and has
 * said why. Anything else: start it anew.
 */
function ended(code, signal) {
  if (told || code === 0 || code === 1) process.exit(code ?? (signal === told ? 0 : 1))
  const wait = Math.max(0, Math.ceil((startedAnewAt + APART - performance.now()) / 1_000))
  process.stderr.write(`The server ended with ${signal ?? code}; it restarts in ${wait} s.\n`)
  setTimeout(() => {
    startedAnewAt = performance.now()
    server = start()
  }, wait * 1_000)
}
