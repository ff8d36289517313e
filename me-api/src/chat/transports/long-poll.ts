import type { Request, Response } from 'express'
import type { Change } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { Listen } from '../log/follow.ts'
import type { ConnectionLimit } from '../rate-limits/connection-limit.ts'

type Poll = { read: () => Promise<Change>; room: string; seconds: number; req: Request; res: Response }

type Parts = { listen: Listen; connections: ConnectionLimit; addressOf: AddressOf }

/**
 * Holds a request for changes until there are some: nothing after the cursor, or nothing new to who names the `ETag`
 * of what they have. The bus wakes it and it reads from the database, as all readers of the log do. A request that may
 * wait counts as a connection of its address.
 */
export function createLongPoll({ listen, connections, addressOf }: Parts) {
  /** Those who wait. */
  const waiting = new Set<() => void>()
  let isOver = false

  /** @throws {Refusal} RATE_LIMITED where its address has as many connections as it may */
  async function poll({ read, room, seconds, req, res }: Poll): Promise<Change> {
    const countOff = connections.take(addressOf(req), 'long-poll')
    const end = performance.now() + seconds * 1_000
    let wake = () => {}
    const wakeUp = () => wake()
    // Listening before reading, so that what is committed meanwhile is not missed.
    waiting.add(wakeUp)
    const stop = listen(room, wakeUp)
    res.once('close', wakeUp)
    try {
      for (;;) {
        let isAwake = false
        wake = () => (isAwake = true)
        const answer = await read()
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
      countOff()
      stop()
      waiting.delete(wakeUp)
      res.off('close', wakeUp)
    }
  }

  return {
    poll,
    /** Answers all who wait, and has nobody wait any more. */
    end(): void {
      isOver = true
      for (const wake of waiting) wake()
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
