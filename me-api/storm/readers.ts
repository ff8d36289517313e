import { setTimeout as pause } from 'node:timers/promises'
import type { Change, HistoryPage } from '../src/contract/index.ts'
import { type StockClient, openStockClient } from './stock-client.ts'

const RETRY_AFTER = 300
/** Seconds that a long poll waits. */
const WAIT = 20

export type Reader = ReturnType<typeof createReader>

/** Nine readers, each with a cursor: three with stock clients, three of streams, three that poll. */
export function startReaders(url: string): Reader[] {
  const readers: Reader[] = []
  for (let n = 1; n <= 3; n++) {
    readers.push(readOverSocketio(openStockClient(url, `reader ${n}`)))
    readers.push(readStream(url, `stream ${n}`))
    readers.push(readByPolling(url, `long poll ${n}`))
  }
  return readers
}

/** What one reader has: the ids in the order of `seq`. Each message comes once, and none is passed over. */
function createReader(name: string, client: StockClient | null = null) {
  let [cursor, last] = [0, 0]
  let ids = new Map<number, string>()
  const violations: string[] = []
  const end = new AbortController()

  return {
    name,
    client,
    violations,
    end,
    cursor: () => cursor,

    /** Takes a Change; returns false where something before it is missing. */
    take({ from, to, messages, reset }: Change): boolean {
      if (reset) {
        ids = new Map()
        last = (messages[0]?.seq ?? 1) - 1
      } else if (from > cursor) return false
      else if (to <= cursor) return true
      for (const { seq, id, rev } of messages) {
        if (!reset && rev <= cursor) continue
        // Nothing is edited here, so that each Change is of new messages only.
        if (seq !== last + 1) violations.push(`${name} got number ${seq} after ${last}`)
        last = seq
        ids.set(seq, id)
      }
      cursor = to
      return true
    },

    /** All ids it has; what came before a reset is read page by page. */
    async log(url: string): Promise<string[]> {
      for (let first = Math.min(...ids.keys()); first > 1 && first < Infinity;) {
        const query = `before=${first}&limit=100`
        const answer = await fetch(`${url}/api/chat/rooms/lobby/messages?${query}`)
        const { messages } = ((await answer.json()) as { data: HistoryPage }).data
        for (const { seq, id } of messages) ids.set(seq, id)
        first = messages[0]?.seq ?? 1
      }
      return [...ids].toSorted(([one], [other]) => one - other).map(([, id]) => id)
    },
  }
}

function readOverSocketio(client: StockClient): Reader {
  const reader = createReader(client.nick, client)
  let [isEntering, isBehind] = [false, false]

  async function enter(): Promise<void> {
    isBehind = true
    if (isEntering) return
    isEntering = true
    while (isBehind && client.isBack()) {
      isBehind = false
      try {
        const answer = await client.ask<Change>('room:enter', { room: 'lobby', after: reader.cursor() })
        if (answer.ok) reader.take(answer.data)
        isBehind ||= !answer.ok || answer.data.more === true
      } catch {
        isBehind = true
      }
      if (isBehind) await pause(RETRY_AFTER)
    }
    isEntering = false
  }

  client.onWelcome(() => void enter())
  client.onChange((change) => void (reader.take(change) || enter()))
  return reader
}

function readStream(url: string, name: string): Reader {
  const reader = createReader(name)
  async function read(): Promise<void> {
    const after = `after=${reader.cursor()}`
    const { body } = await fetch(`${url}/api/chat/rooms/lobby/stream?${after}`, { signal: reader.end.signal })
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data && !reader.take(JSON.parse(data) as Change)) reader.violations.push(`${name} has a gap`)
      }
    }
  }
  void again(reader, read)
  return reader
}

function readByPolling(url: string, name: string): Reader {
  const reader = createReader(name)
  async function read(): Promise<void> {
    const query = `after=${reader.cursor()}&wait=${WAIT}`
    const signal = AbortSignal.any([reader.end.signal, AbortSignal.timeout((WAIT + 10) * 1_000)])
    const answer = await fetch(`${url}/api/chat/rooms/lobby/changes?${query}`, { signal })
    if (!answer.ok) throw new Error(String(answer.status))
    reader.take(((await answer.json()) as { data: Change }).data)
  }
  void again(reader, read)
  return reader
}

/** Reads for as long as the reader is there, at once after an answer, a little later after a fault. */
async function again({ end: { signal } }: Reader, read: () => Promise<void>): Promise<void> {
  while (!signal.aborted) await read().catch(() => pause(RETRY_AFTER))
}
