import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import type { Person } from '../../contract/index.ts'
import { rateLimited } from '../../errors.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { endForRestart, endStream, keepOpen, sendHeaders, write } from '../../http/event-stream.ts'
import { networkOf } from '../../http/network-address.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import { createSharedCounts } from '../../nodes/shared-counts.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { PrivateReaders } from '../conversations/private-readers.ts'
import type { FollowTalk } from './talks.ts'

/**
 * Pages that may be open from one network, and in all. They have a ceiling of their own: whoever reads a page may enter the
 * chat as well.
 */
const OPEN_MAX = { network: 40, all: 4_000 }
/** `retryAfter` in milliseconds: another page may be closed by then. */
const RETRY_AFTER = 30_000
/** Milliseconds in which a page's readers come and go before the others hear of it. */
const COUNTED_EVERY = 1_000

type Parts = {
  followTalk: FollowTalk
  mayRead: ReadRule
  interchange: Interchange
  privateReaders: Pick<PrivateReaders, 'add'>
  addressOf: AddressOf
  clock: Clock
}

type Opening = {
  by: Person | null
  sessionId: string | null
  path: string
  isCounted: boolean
  req: Request
  res: Response
}

/** Streams what is said about a page, and how many read it, as Server-Sent Events. */
export function createAboutStreams(parts: Parts) {
  const { followTalk, mayRead, interchange, privateReaders, addressOf, clock } = parts
  const byPath = new Map<string, Set<Response>>()
  const byNetwork = new Map<string, number>()
  let open = 0
  const readers = createSharedCounts({ interchange, clock, kind: 'readers', onChanged: tellSoon })
  /** The paths whose number of readers is told soon. */
  const untold = new Set<string>()

  keepOpen(() => byPath.values().flatMap((streams) => streams.values()), clock)

  function tellSoon(path: string): void {
    if (!byPath.has(path) || untold.has(path)) return
    untold.add(path)
    clock.after(COUNTED_EVERY, () => {
      untold.delete(path)
      const event = readersEvent(path)
      for (const res of byPath.get(path) ?? []) write(res, event)
    })
  }

  const readersEvent = (path: string): string => eventOf('readers', { count: readers.of(path) })

  /** Counts a stream; the returned function counts it off. @throws {Refusal} RATE_LIMITED */
  function take(address: string | null): () => void {
    const network = address && networkOf(address)
    const ofNetwork = network ? (byNetwork.get(network) ?? 0) : 0
    if (open >= OPEN_MAX.all) throw rateLimited('Too many pages are open.', RETRY_AFTER)
    if (ofNetwork >= OPEN_MAX.network)
      throw rateLimited('Too many pages are open from your address.', RETRY_AFTER)
    open++
    if (network) byNetwork.set(network, ofNetwork + 1)
    return () => {
      open--
      if (!network) return
      const left = (byNetwork.get(network) ?? 0) - 1
      if (left > 0) byNetwork.set(network, left)
      else byNetwork.delete(network)
    }
  }

  return {
    /** Opens a stream about a page. @throws {Refusal} RATE_LIMITED */
    open({ by, sessionId, path, isCounted, req, res }: Opening): void {
      // A response that is already closed emits no further `close` and would stay counted.
      if (res.closed) return
      const release = take(addressOf(req))
      const streams = byPath.get(path) ?? new Set<Response>()
      byPath.set(path, streams.add(res))
      const stop = followTalk(path, {
        tell(room, messages) {
          if (mayRead(by, room)) write(res, eventOf('about:changed', { messages }))
        },
        end: () => res.end(),
      })
      const forget = privateReaders.add({ by, sessionId, room: null }, () => endStream(res))
      const countOff = isCounted ? readers.add(path) : () => {}
      res.once('close', () => {
        release()
        stop()
        forget()
        streams.delete(res)
        if (streams.size === 0) byPath.delete(path)
        countOff()
        tellSoon(path)
      })
      sendHeaders(res)
      write(res, readersEvent(path))
      if (isCounted) tellSoon(path)
      if (req.method === 'HEAD') res.end()
    },

    /** Ends all streams of a server that stops. */
    end(): void {
      for (const streams of byPath.values()) for (const res of streams) endForRestart(res)
    },
  }
}

export type AboutStreams = ReturnType<typeof createAboutStreams>

const eventOf = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
