import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { ask, historyFile, importHistory } from './history.ts'
import { type Summary, createLatencies } from './latencies.ts'
import { freePort, ours, startServer, temporaryFolder } from './servers.ts'

/** Milliseconds of the round trip of each query, by database. */
export type Search = { messages: number; queries: { query: string; of: Record<string, Summary> }[] }

/** Sequential repetitions of each query, after one that is not counted. */
const ROUNDS = 20

/** Words that are common in the history and expensive together; and one of each other kind. */
const WORDS = {
  'a common word': '"the"',
  'one letter': 'a',
  'three letters': 'the',
  'four letters': 'ubun',
  'one letter beside a word': 'the a',
  'common words': 'the to i a it is and you in of',
  'words that never meet': 'a b c d e f g h i j',
  'a phrase': '"of the"',
  'a phrase nobody said': '"the the the the"',
  'phrases nobody said': '"the to i" "to i the" "i the to"',
  'as long a phrase as may be': `"${'i a '.repeat(15).trim()}"`,
  'a rare word': '"breezy"',
  'no hit': 'zzzzq',
}
/**
 * The scopes of a search. `NEWEST` and `OLDEST` stand for positions in the room; `attic` has two messages of its own.
 */
const PLACES = {
  'all rooms': '',
  'the room': 'room=lobby',
  'its middle': 'room=lobby&before=MIDDLE',
  'its far end': 'room=lobby&before=2',
  'a room with few': 'room=attic',
}

/**
 * Measures queries of every kind over years of messages; null if the data is missing. Also on `TEST_POSTGRES_URL` if
 * set.
 */
export async function search(): Promise<Search | null> {
  if (!existsSync(historyFile)) return null
  const folder = temporaryFolder()
  const found: Search = { messages: 0, queries: [] }
  try {
    await measure(found, 'SQLite', folder.path, { DATABASE_URL: `file:${join(folder.path, 'me.db')}` })
    const url = process.env['TEST_POSTGRES_URL']
    if (url) await withDatabase(url, (settings) => measure(found, 'PostgreSQL', folder.path, settings))
  } finally {
    folder.remove()
  }
  return found
}

async function measure(
  found: Search,
  database: string,
  folder: string,
  settings: Record<string, string>,
): Promise<void> {
  const server = await startServer(ours, folder, await freePort(), {
    ...settings,
    OWNER_EMAIL: 'owner@example.org',
    OWNER_PASSWORD: 'a lamp in the window',
  })
  try {
    await importHistory(settings)
    await fillAttic(server.url)
    const newest = await ask(`${server.url}/api/chat/rooms/lobby/messages?limit=1`)
    found.messages = newest.body.data.messages[0]?.seq ?? 0
    for (const [place, where] of Object.entries(PLACES)) {
      for (const [words, q] of Object.entries(WORDS)) {
        const asked = `q=${encodeURIComponent(q)}&${where.replace('MIDDLE', String(found.messages >> 1))}`
        const took = await time(`${server.url}/api/chat/search?${asked}`)
        const query = `${words}, ${place}`
        const known = found.queries.find((one) => one.query === query)
        if (known) known.of[database] = took
        else found.queries.push({ query, of: { [database]: took } })
      }
    }
  } finally {
    await server.stop()
  }
}

/** Creates a second room, newer than nearly all messages elsewhere. */
async function fillAttic(url: string): Promise<void> {
  const post = async (path: string, body: object, token = '') => {
    const answer = await fetch(`${url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { data: { token: string } }
  }
  const { data } = await post('/login', { email: 'owner@example.org', password: 'a lamp in the window' })
  await post('/chat/rooms', { name: 'attic', title: 'Attic' }, data.token)
  for (const text of ['the first in the attic', 'a second one'])
    await post('/chat/rooms/attic/messages', { text }, data.token)
}

async function time(url: string): Promise<Summary> {
  const took = createLatencies()
  await ask(url)
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await ask(url)
    took.record(performance.now() - began)
  }
  return took.summary()
}

/** Creates a database in the server, and drops it afterwards. */
async function withDatabase(
  server: string,
  use: (settings: Record<string, string>) => Promise<void>,
): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  const name = `me_bench_${process.pid}`
  await client.query(`create database ${name}`)
  try {
    const url = new URL(server)
    url.pathname = `/${name}`
    await use({ DATABASE_URL: url.href, SESSION_SECRET: 'a secret for the benchmark' })
  } finally {
    await client.query(`drop database ${name} with (force)`)
    await client.end()
  }
}
