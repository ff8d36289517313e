import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import { CATCH_UP_MAX, type Change, type Person } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { endForRestart, endStream, keepOpen, sendHeaders, write } from '../../http/event-stream.ts'
import { type Listen, createFollower } from '../log/follow.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import type { ConnectionLimit } from '../rate-limits/connection-limit.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Signals } from '../signals.ts'
import type { PrivateReaders } from '../conversations/private-readers.ts'

type Parts = {
  reads: Pick<MessageReads, 'changes'>
  /** Asked for each Change, because a stream outlives a change of who may read the room. */
  mayRead: ReadRule
  listen: Listen
  signals: Pick<Signals, 'roomRemoved'>
  privateReaders: Pick<PrivateReaders, 'add'>
  connections: ConnectionLimit
  addressOf: AddressOf
  clock: Clock
}

/** The start of a stream: a cursor, `null` for an invalid one, or `'now'`. */
type Start = number | null | 'now'

type Opening = {
  by: Person | null
  sessionId: string | null
  room: string
  start: Start
  req: Request
  res: Response
}

/** Streams a room's log as Server-Sent Events (HTML §9.2). */
export function createStreams(parts: Parts) {
  const { reads, mayRead, listen, signals, privateReaders, connections, addressOf, clock } = parts
  /** The open streams, each with its room. */
  const streams = new Map<Response, string>()

  keepOpen(() => streams.keys(), clock)

  signals.roomRemoved.subscribe((removed) => {
    for (const [res, room] of streams) if (room === removed) endStream(res)
  })

  /** Opens a stream of the room's Changes. @throws {Refusal} NOT_FOUND, RATE_LIMITED */
  async function open({ by, sessionId, room, start, req, res }: Opening): Promise<void> {
    // A response that is already closed emits no further `close` and would stay counted.
    if (res.closed) return
    res.once('close', connections.take(addressOf(req), 'sse'))
    const read = (after: number | null) => reads.changes(by, room, after, CATCH_UP_MAX)
    const follower = createFollower({
      read,
      tell: (change) => (mayRead(by, room) ? write(res, eventOf(change)) : res.end()),
      onFault: () => res.destroy(),
    })
    // It subscribes before it reads, so that no Change is lost in between.
    const stop = listen(room, follower.offer)
    streams.set(res, room)
    const forget = privateReaders.add({ by, sessionId, room }, () => endStream(res))
    res.once('close', () => {
      stop()
      forget()
      follower.end()
      streams.delete(res)
    })
    const first = await read(start === 'now' ? null : start).catch((error: unknown) => {
      if (res.writableEnded) return null
      throw error
    })
    // The room was removed, or the server stopped, during the read.
    if (!first || res.writableEnded) return
    sendHeaders(res)
    if (start !== 'now' && (first.reset || first.messages.length > 0)) write(res, eventOf(first))
    follower.begin(first.to)
    if (req.method === 'HEAD') res.end()
  }

  return {
    open,

    /** Ends all streams, each with its own time to reconnect. */
    end(): void {
      for (const res of streams.keys()) endForRestart(res)
    },
  }
}

export type Streams = ReturnType<typeof createStreams>

/** Returns the cursor of `Last-Event-ID`, which a browser sends when it reconnects, or else the requested one. */
export function startOf(lastEventId: string | undefined, after: number | undefined): Start {
  if (!lastEventId) return after ?? 'now'
  const cursor = /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : NaN
  return Number.isSafeInteger(cursor) ? cursor : null
}

/** The encoded event of each Change, shared by all streams. */
const events = new WeakMap<Change, string>()

function eventOf(change: Change): string {
  const cached = events.get(change)
  if (cached) return cached
  const event = `event: room:changed\nid: ${change.to}\ndata: ${JSON.stringify(change)}\n\n`
  events.set(change, event)
  return event
}
