import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { collectDefaultMetrics } from 'prom-client'
import { ownersNickWasHeld } from './accounts/owner.ts'
import { readSecrets } from './accounts/secrets.ts'
import { type App, createApp } from './app.ts'
import { contentOf } from './cli/seed/site-content.ts'
import { doneWithin, systemClock } from './clock.ts'
import { type Config, readConfig, readEnvironment } from './config.ts'
import { asStop, openDatabase } from './db/open-database.ts'
import { claimSqlite } from './db/open-sqlite.ts'
import { isCopy, numberRoomsAnew } from './db/restored.ts'
import type { Database } from './db/tables.ts'
import { Refusal, Stop } from './errors.ts'
import { ownAddressOf } from './http/own-address.ts'

/** Milliseconds in which a proxy sees that this server stops, before it closes anything. */
const LINGER = 500
/** Milliseconds a stop may take. */
const STOP_MAX = 9_500
/** Milliseconds that the database's connections have to close; a lost one may never answer. */
const DATABASE_CLOSE_MAX = 500
/** The exit code after a fault, after which the supervisor restarts the server; after 1, a wrong setting, it does not. */
const FAULT = 70
/** Bytes of log lines that wait to be written; what is beyond is dropped. */
const LOG_MAX = 1024 * 1024
/** Milliseconds in which a database that starts beside this program may come up. */
const DATABASE_PATIENCE = 60_000
/** Milliseconds for one statement: beyond them the database's machine or the network is gone. */
const DATABASE_ANSWERS_WITHIN = 10_000

const siteDirectory = join(import.meta.dirname, '../../me-vue/dist')
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}

// Without a listener, a closed log pipe or terminal would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  await start(readConfig(readEnvironment()))
} catch (error) {
  if (!(error instanceof Stop)) throw error
  for (const line of error.lines) process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

async function start(config: Config): Promise<void> {
  // Where the log cannot be written, as on a full disk, the site goes on.
  const output = pino.destination({ dest: 1, sync: false, maxLength: LOG_MAX })
  // `flushSync` would try for ever to write the rest when the process ends.
  output.on('error', () => void (output.flushSync = () => {}))
  const log = pino({ level: config.LOG_LEVEL }, output)
  let close = async (): Promise<void> => {}
  const stop = stopOnce({
    close: () => close(),
    onFault: (error) => log.fatal({ err: error }, 'the server could not stop in order'),
  })
  // As the first process of a container it would not hear a signal that it has no answer to. The same signal may come
  // twice, from a terminal and from `npm start`; when that one is gone, this process goes too.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(signal, () => stop(0))
  // The `disconnect` listener alone would keep the process alive after a failed start.
  process.channel?.unref()
  // The process' state is unknown after a fault, so it stops. Unhandled rejections come here too.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'the server stops after a fault')
    stop(FAULT)
  })
  const { DATABASE_URL } = config
  const letGo = DATABASE_URL.kind === 'sqlite' ? claimSqlite(DATABASE_URL.path) : () => {}
  const db = await openDatabase(DATABASE_URL, {
    milliseconds: DATABASE_PATIENCE,
    answersWithin: DATABASE_ANSWERS_WITHIN,
    tell: (line) => void process.stderr.write(`${line}\n`),
  })
  const closeDatabase = () => doneWithin(DATABASE_CLOSE_MAX, db.destroy())
  const { app, isRestored } = await serve(config, db, log).catch(async (error: unknown) => {
    // Open connections would keep the process alive.
    await closeDatabase()
    throw asStop(DATABASE_URL, error)
  })
  close = async () => {
    await app.close(LINGER)
    await closeDatabase()
    letGo()
  }

  process.stdout.write(`Listening on ${placeOf(app.server, config)} (version ${version})\n`)
  if (isRestored) process.stdout.write('The database is a restored copy: every reader starts over.\n')
  if (!(await app.owner.exists())) {
    process.stdout.write('It has no owner yet. To make one: npm run owner -- --email you@example.org\n')
  }
  const whyNoPushes = await app.whyNoPushes()
  if (whyNoPushes)
    process.stdout.write(`Notifications are off: ${whyNoPushes}. To turn them on: set PUSH_SUBJECT.\n`)
  if (config.SMTP_URL && !config.SITE_URL)
    process.stdout.write(
      `Links in mails lead to ${ownAddressOf(app.server, config)}. For another address: set SITE_URL.\n`,
    )
  // What `npm run dev` starts; nobody's own site is to be filled with somebody else's words.
  if (process.argv.includes('--dev') && !(await contentOf(db))) {
    process.stdout.write('The database is empty. To fill it with a demo: npm run seed\n')
  }
}

/** Starts the server, which accepts connections from then on. Returns whether the database was a restored copy. */
async function serve(config: Config, db: Database, log: Logger): Promise<{ app: App; isRestored: boolean }> {
  const isRestored = config.DATABASE_URL.kind === 'sqlite' && (await isCopy(db))
  if (isRestored) await numberRoomsAnew(db, 'sqlite', Date.now())
  const secrets = readSecrets(config)
  const app = await createApp({ config, db, clock: systemClock, log, secrets, siteDirectory, version })
  // The event loop's lag, memory and collections of this process.
  collectDefaultMetrics({ register: app.metrics })
  await makeOwner(config, app.owner)
  await listen(app.server, config)
  app.server.on('error', (error) => log.error({ err: error }, 'a connection could not be accepted'))
  return { app, isRestored }
}

/** Where a browser finds the site; any other address is refused where `SITE_URL` is set. */
function placeOf(server: App['server'], config: Config): string {
  const { port } = server.address() as AddressInfo
  return config.SITE_URL ? `${config.SITE_URL} on port ${port}` : ownAddressOf(server, config)
}

type Stopping = { close: () => Promise<void>; onFault: (error: unknown) => void }

/** Ends the process once `close` is done; the first fault among all that ask for it settles the exit code. */
function stopOnce({ close, onFault }: Stopping): (code: number) => void {
  let exitCode: number | null = null
  return (code) => {
    const isFirst = exitCode === null
    exitCode ||= code
    if (!isFirst) return
    // Whatever hangs, an init system or Docker waits no longer.
    setTimeout(() => process.exit(exitCode || 1), STOP_MAX).unref()
    void close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        onFault(error)
        process.exit(exitCode || FAULT)
      },
    )
  }
}

async function makeOwner({ OWNER_EMAIL, OWNER_PASSWORD }: Config, owner: App['owner']): Promise<void> {
  if (!OWNER_EMAIL || !OWNER_PASSWORD) return
  try {
    const made = await owner.make({ email: OWNER_EMAIL.toLowerCase(), password: OWNER_PASSWORD })
    if (made?.heldNick) process.stdout.write(`${ownersNickWasHeld(made.heldNick, made.nick)}\n`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'WEAK') throw new Stop(`OWNER_PASSWORD: ${error.message}`)
    // A site that is up without its owner is better than one that is down.
    process.stderr.write(`OWNER_EMAIL: no owner was made. ${error.message}\n`)
  }
}

function listen(server: App['server'], { PORT, HOST }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      const setting = /EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN/.test(code) ? 'HOST' : 'PORT'
      const reason = { EADDRINUSE: 'another program has that port', EACCES: 'not allowed' }[code] ?? message
      reject(new Stop(`${setting}: cannot listen on ${HOST}:${PORT}: ${reason}`))
    })
    server.listen(PORT, HOST, resolve)
  })
}
