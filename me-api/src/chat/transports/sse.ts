import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import { CATCH_UP_MAX, type Change } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { Bus } from '../log/bus.ts'
import type { ConnectionLimit } from '../rate-limits/connection-limit.ts'

/** Milliseconds between two comment lines, which keep a proxy from taking a quiet stream for a dead one. */
const COMMENT_EVERY = 25_000
/** Bytes that may wait for a reader, as for a socket's; who has more waiting resumes by the last id. */
const BACKLOG_MAX = 1024 * 1024
/** Milliseconds until the first browsers come back after a restart, and over which the others are spread. */
const BACK_AFTER = 1_000
const BACK_SPREAD = 4_000

type Parts = {
  bus: Bus
  read: (room: string, after: number | null, limit: number) => Promise<Change>
  connections: ConnectionLimit
  addressOf: AddressOf
  clock: Clock
}

/** Where a stream begins: at a cursor, `null` for one that is of no use, or with what comes next. */
type Start = number | null | 'now'

type Stream = { res: Response; tell: (change: Change, event: string) => void }

/** Server-Sent Events (HTML §9.2): a room's log for whoever can hold one request open. */
export function createStreams({ bus, read, connections, addressOf, clock }: Parts) {
  const byRoom = new Map<string, Set<Stream>>()

  bus.subscribe((change) => {
    const streams = byRoom.get(change.room)
    if (!streams) return
    const event = eventOf(change)
    for (const { tell } of streams) tell(change, event)
  })

  function comment(): void {
    clock.after(COMMENT_EVERY, comment)
    for (const streams of byRoom.values())
      for (const { res } of streams) if (res.headersSent) write(res, ':\n\n')
  }
  clock.after(COMMENT_EVERY, comment)

  /** Answers with a stream of the room's Changes. @throws {Refusal} NOT_FOUND, RATE_LIMITED */
  async function open(room: string, start: Start, req: Request, res: Response): Promise<void> {
    // A client that has left already emits no `close`, so it would stay counted.
    if (res.closed) return
    res.once('close', connections.take(addressOf(req)))
    let cursor = 0
    let held: [Change, string][] = []
    let isReading = true

    /** Passes on what joins the cursor. Where something between is missing, the database has it. */
    function tell(change: Change, event: string): void {
      if (isReading) held.push([change, event])
      else if (change.from > cursor) void catchUp(cursor).catch(() => res.destroy())
      else if (change.to > cursor) {
        cursor = change.to
        write(res, event)
      }
    }

    async function catchUp(from: Start): Promise<void> {
      isReading = true
      const change = await read(room, from === 'now' ? null : from, CATCH_UP_MAX)
      begin(res)
      cursor = change.to
      if (from !== 'now' && (change.reset || change.messages.length > 0)) write(res, eventOf(change))
      isReading = false
      const meanwhile = held
      held = []
      for (const [change, event] of meanwhile) tell(change, event)
    }

    // Listening before reading, so that nothing falls between.
    const stream = { res, tell }
    add(room, stream)
    res.once('close', () => remove(room, stream))
    await catchUp(start)
    if (req.method === 'HEAD') res.end()
  }

  function add(room: string, stream: Stream): void {
    byRoom.set(room, (byRoom.get(room) ?? new Set()).add(stream))
  }

  function remove(room: string, stream: Stream): void {
    const streams = byRoom.get(room)
    streams?.delete(stream)
    if (streams?.size === 0) byRoom.delete(room)
  }

  return {
    open,

    /** Ends the streams of a room that was removed. */
    endRoom: (room: string): void => byRoom.get(room)?.forEach(({ res }) => void res.end()),

    /** Ends all, each with its own moment to come back. */
    end(): void {
      for (const streams of byRoom.values())
        for (const { res } of streams) {
          const retry = Math.round(BACK_AFTER + Math.random() * BACK_SPREAD)
          res.end(`retry: ${retry}\n\n`)
        }
    },
  }
}

export type Streams = ReturnType<typeof createStreams>

/** The cursor of `Last-Event-ID`, which a browser sends by itself, else the one asked for. */
export function startOf(lastEventId: string | undefined, after: number | undefined): Start {
  if (!lastEventId) return after ?? 'now'
  return /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null
}

function begin(res: Response): void {
  if (res.headersSent) return
  // A compressed or buffered stream would tell nothing until it ends.
  res.set({ 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' })
  res.type('text/event-stream').flushHeaders()
}

const eventOf = (change: Change): string =>
  `event: room:changed\nid: ${change.to}\ndata: ${JSON.stringify(change)}\n\n`

function write(res: Response, text: string): void {
  if (res.writableLength > BACKLOG_MAX) res.destroy()
  else if (!res.writableEnded) res.write(text)
}
