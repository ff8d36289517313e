import type { Request, Response } from 'express'
import type { Change, Person } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { Listen } from '../log/follow.ts'
import type { ConnectionLimit } from '../rate-limits/connection-limit.ts'
import type { PrivateReaders } from '../conversations/private-readers.ts'
import type { Signals } from '../signals.ts'

type Poll = {
  read: () => Promise<Change>
  by: Person | null
  sessionId: string | null
  room: string
  seconds: number
  req: Request
  res: Response
}

type Parts = {
  listen: Listen
  signals: Pick<Signals, 'roomRemoved'>
  privateReaders: Pick<PrivateReaders, 'add'>
  connections: ConnectionLimit
  addressOf: AddressOf
}

/**
 * Holds a request for changes until there are some: none after the cursor, or none that differ from the request's
 * `ETag`. A Change on the bus wakes the request, which then reads from the database like every reader of the log. A
 * request that may wait counts as a connection of its address.
 */
export function createLongPoll({ listen, signals, privateReaders, connections, addressOf }: Parts) {
  /** The functions that wake the waiting requests, each with its room. */
  const waiting = new Map<() => void, string>()
  let hasEnded = false

  // They read again, and are answered that there is no such room.
  signals.roomRemoved.subscribe((removed) => {
    for (const [wake, room] of waiting) if (room === removed) wake()
  })

  /**
   * @throws {Refusal} NOT_FOUND once the room is removed; RATE_LIMITED if the address has too many connections;
   * TOKEN_INVALID if the identity with which a private conversation is read ends meanwhile
   */
  async function poll({ read, by, sessionId, room, seconds, req, res }: Poll): Promise<Change> {
    const release = connections.take(addressOf(req), 'long-poll')
    const end = performance.now() + seconds * 1_000
    let wake = () => {}
    const wakeUp = () => wake()
    // It subscribes before it reads, so that it misses nothing committed in between.
    waiting.set(wakeUp, room)
    const stop = listen(room, wakeUp)
    let isOver = false
    const forget = privateReaders.add({ by, sessionId, room }, () => {
      isOver = true
      wake()
    })
    res.once('close', wakeUp)
    try {
      for (;;) {
        let isAwake = false
        wake = () => (isAwake = true)
        const answer = await read()
        if (isOver) throw new Refusal('TOKEN_INVALID', 'The token is not valid any more.')
        const left = end - performance.now()
        if (left <= 0 || hasEnded || res.closed || isNews(answer, req)) return answer
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
      release()
      stop()
      forget()
      waiting.delete(wakeUp)
      res.off('close', wakeUp)
    }
  }

  return {
    poll,
    /** Answers all waiting requests and lets no further one wait. */
    end(): void {
      hasEnded = true
      for (const wake of waiting.keys()) wake()
    },
  }
}

export type LongPoll = ReturnType<typeof createLongPoll>

/** Whether the answer contains something new for the reader. */
function isNews(answer: Change, req: Request): boolean {
  if (answer.messages.length === 0 && !answer.reset) return false
  const etags = req.get('if-none-match')
  if (!etags) return true
  const etagOf = req.app.get('etag fn') as (body: string, encoding: string) => string
  const etag = etagOf(JSON.stringify({ data: answer }), 'utf8')
  return etags !== '*' && !etags.split(',').some((one) => opaque(one) === opaque(etag))
}

/** ETags are compared like for every GET, weak or not (RFC 9110 §13.1.2). */
const opaque = (etag: string): string => etag.trim().replace(/^W\//, '')
