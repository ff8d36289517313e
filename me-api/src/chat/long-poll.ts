import type { Request, Response } from 'express'
import type { Change } from '../contract/index.ts'
import type { AddressOf } from '../http/addresses.ts'
import type { Bus } from './bus.ts'
import type { ConnectionCount } from './connection-count.ts'

type Read = (room: string, after: number | null, limit: number) => Promise<Change>

type Parts = { bus: Bus; read: Read; connections: ConnectionCount; addressOf: AddressOf }

type Poll = {
  room: string
  after: number | null
  limit: number
  seconds: number
  req: Request
  res: Response
}

/**
 * Holds a request for changes until there are some: nothing after the cursor, or nothing new to who names the `ETag`
 * of what they have. A reader of the log like any other: the bus wakes it, and it reads from the database. While it
 * waits it counts among the connections of its address.
 */
export function createLongPoll({ bus, read, connections, addressOf }: Parts) {
  const waiting = new Map<string, Set<() => void>>()
  /** Reads under way that polls may share: those that began after the room's latest Change. */
  let reads = new Map<string, Promise<Change>>()
  bus.subscribe(({ room }) => {
    // A read that began before this Change may not hold it.
    reads = new Map()
    waiting.get(room)?.forEach((wake) => wake())
  })

  let isOver = false

  function readTogether({ room, after, limit }: Poll): Promise<Change> {
    const key = `${room} ${after} ${limit}`
    const known = reads.get(key)
    if (known) return known
    const among = reads
    const mine = read(room, after, limit).finally(() => among.delete(key))
    among.set(key, mine)
    return mine
  }

  /** @throws {Refusal} NOT_FOUND, and RATE_LIMITED where its address has too many connections */
  async function poll(asked: Poll): Promise<Change> {
    const { room, seconds, req, res } = asked
    res.once('close', connections.take(addressOf(req)))
    const wakers = waiting.get(room) ?? new Set()
    waiting.set(room, wakers)
    const end = performance.now() + seconds * 1_000
    let wake = () => {}
    const wakeUp = () => wake()
    // Listening before reading, so that what is committed meanwhile is not missed.
    wakers.add(wakeUp)
    res.once('close', wakeUp)
    try {
      for (;;) {
        let isAwake = false
        wake = () => (isAwake = true)
        const answer = await readTogether(asked)
        const left = end - performance.now()
        if (left <= 0 || isOver || res.closed || isNews(answer, req)) return answer
        if (isAwake) continue
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    } finally {
      wakers.delete(wakeUp)
      res.off('close', wakeUp)
      if (wakers.size === 0) waiting.delete(room)
    }
  }

  return {
    poll,
    /** Answers all who wait, and has nobody wait any more. */
    end(): void {
      isOver = true
      for (const wakers of waiting.values()) wakers.forEach((wake) => wake())
    },
  }
}

export type LongPoll = ReturnType<typeof createLongPoll>

/** Whether the answer tells a reader something they do not have. */
function isNews(answer: Change, req: Request): boolean {
  if (answer.messages.length === 0 && !answer.reset) return false
  const known = req.get('if-none-match')
  if (!known) return true
  const etagOf = req.app.get('etag fn') as (body: string, encoding: string) => string
  const etag = etagOf(JSON.stringify({ data: answer }), 'utf8')
  return known !== '*' && !known.split(',').some((one) => opaque(one) === opaque(etag))
}

/** Compared as for every GET, weak or not (RFC 9110 §13.1.2). */
const opaque = (etag: string): string => etag.trim().replace(/^W\//, '')
