import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { type Summary, createLatencies } from './latencies.ts'
import { freePort, ours, startServer, temporaryFolder } from './servers.ts'

export const historyFile = join(import.meta.dirname, '../../../shared/data/ubuntu-irc.jsonl.gz')

export type History = {
  messages: number
  importedIn: number
  startEmpty: number
  startFull: number
  latest: Summary
  middle: Summary
  search: Summary | null
}

/** Sequential requests for each timed page. */
const REQUESTS = 500
/** Searches of different kinds: a frequent word, a rare one, several, a phrase, a prefix. */
const SEARCHES = ['ubuntu', 'nvidia driver', '"no sound"', 'xorg.conf', 'thank you so much', 'wirel', 'the']

/** Measures a room with years of messages; null if the data is missing. */
export async function history(): Promise<History | null> {
  if (!existsSync(historyFile)) return null
  const [empty, full] = [temporaryFolder(), temporaryFolder()]
  try {
    await startTime(full.path)
    const began = performance.now()
    await importHistory({ DATABASE_URL: `file:${join(full.path, 'me.db')}` })
    const importedIn = performance.now() - began
    const starts = { empty: [] as number[], full: [] as number[] }
    for (let round = 0; round < 5; round++) {
      starts.empty.push(await startTime(empty.path))
      starts.full.push(await startTime(full.path))
    }
    const server = await startServer(ours, full.path, await freePort())
    try {
      const room = `${server.url}/api/chat/rooms/lobby/messages`
      const newest = (await ask(`${room}?limit=1`)).body.data.messages[0]?.seq ?? 0
      const someSearch = await ask(`${server.url}/api/chat/search?q=ubuntu&room=lobby`)
      return {
        messages: newest,
        importedIn,
        startEmpty: median(starts.empty),
        startFull: median(starts.full),
        latest: await time(() => `${room}?limit=50`),
        middle: await time((n) => `${room}?limit=50&before=${Math.round(newest / 2) + n * 50}`),
        search:
          someSearch.status === 200
            ? await time((n) => {
                const words = encodeURIComponent(SEARCHES[n % SEARCHES.length]!)
                return `${server.url}/api/chat/search?q=${words}&room=lobby`
              })
            : null,
      }
    } finally {
      await server.stop()
    }
  } finally {
    empty.remove()
    full.remove()
  }
}

export function importHistory(settings: Record<string, string>): Promise<void> {
  const program = join(import.meta.dirname, '../src/cli/chat.ts')
  const child = spawn(process.execPath, [program, 'import', historyFile, '--room', 'lobby'], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve, reject) =>
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the import ended with ${code}`)),
    ),
  )
}

async function startTime(folder: string): Promise<number> {
  const server = await startServer(ours, folder, await freePort())
  await server.stop('SIGTERM')
  return server.startedIn
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

type Page = { data: { messages: { seq: number }[] } }

export function ask(url: string): Promise<{ status: number; body: Page }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Page }))
    }).once('error', reject)
  })
}

/** Times whole round trips over one kept-alive connection; the server's own time is less. */
async function time(url: (n: number) => string): Promise<Summary> {
  const took = createLatencies()
  for (let n = 0; n < 50; n++) await ask(url(n))
  for (let n = 0; n < REQUESTS; n++) {
    const began = performance.now()
    await ask(url(n))
    took.record(performance.now() - began)
  }
  return took.summary()
}

const median = (numbers: number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? NaN
