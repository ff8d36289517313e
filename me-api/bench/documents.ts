import { spawnSync } from 'node:child_process'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatencies, type Summary } from './latencies.ts'
import { freePort, ours, startServer, temporaryFolder } from './servers.ts'

/** How many documents one core makes in a second, and the milliseconds until a reader has one. */
export type Documents = { page: string; kilobytes: number; perCpuSecond: number; took: Summary }[]

/** Messages a second in the room whose document is measured. */
const TALK = 20
/** Readers at once, each over its own kept-alive connection. */
const READERS = 16

const pages: Record<string, string> = {
  home: '/',
  'a report': '/reports/week/1',
  'the list of reports': '/reports',
  'an address that is not there (made anew each time)': '/nowhere',
  [`the chat, at ${TALK} messages a second`]: '/chat',
}

/** Measures the documents of the demo site as browsers ask for them, compressed with Brotli. */
export async function documents(seconds: number): Promise<Documents> {
  const folder = temporaryFolder()
  try {
    const DATABASE_URL = `file:${join(folder.path, 'me.db')}`
    const seed = join(import.meta.dirname, '../src/cli/seed.ts')
    const seeded = spawnSync(process.execPath, [seed], { env: { PATH: process.env['PATH'], DATABASE_URL } })
    if (seeded.status !== 0) throw new Error(`the seed ended with ${seeded.status}: ${seeded.stderr}`)
    const server = await startServer(ours, folder.path, await freePort())
    try {
      const found: Documents = []
      for (const [page, path] of Object.entries(pages)) {
        const talk = path === '/chat' ? await talkAt(server.url) : undefined
        await load(`${server.url}${path}`, 0.5)
        const cpuBefore = server.cpuSeconds()
        const { bytes, took } = await load(`${server.url}${path}`, seconds)
        const perCpuSecond = took.count / (server.cpuSeconds() - cpuBefore)
        found.push({ page, kilobytes: bytes / 1_024, perCpuSecond, took })
        await talk?.stop()
      }
      return found
    } finally {
      await server.stop()
    }
  } finally {
    folder.remove()
  }
}

/** Lets a visitor talk in the lobby, until it is stopped. */
async function talkAt(url: string): Promise<{ stop: () => Promise<void> }> {
  const post = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/api/chat/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status}`)
    return (await answer.json()) as { data: { token: string } }
  }
  const { data } = await post('visitors', { nick: 'Talker' })
  let talks = true
  async function talk(): Promise<void> {
    for (let count = 1; talks; count++) {
      await post('rooms/lobby/messages', { text: `This is **message** ${count} of the talk.` }, data.token)
      await pause(1_000 / TALK)
    }
  }
  const ended = talk()
  return {
    stop() {
      talks = false
      return ended
    },
  }
}

/** Asks for a document again and again with all readers; `bytes` is its size as sent. */
async function load(url: string, seconds: number): Promise<{ bytes: number; took: Summary }> {
  const agent = new Agent({ keepAlive: true, maxSockets: READERS })
  const took = createLatencies()
  const end = performance.now() + seconds * 1_000
  let bytes = 0
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      while (performance.now() < end) {
        const began = performance.now()
        bytes = await sizeOf(url, agent)
        took.record(performance.now() - began)
      }
    }),
  )
  agent.destroy()
  return { bytes, took: took.summary() }
}

function sizeOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { 'accept-encoding': 'br' } }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.once('end', () => resolve(bytes))
      response.once('error', reject)
    }).once('error', reject)
  })
}
