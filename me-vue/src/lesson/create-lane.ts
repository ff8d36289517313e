import type { Message } from 'me-api/contract'
import { reactive } from 'vue'
import type { Clock } from '../platform/clock.ts'
import { emptyMeter, type Meter } from './meter.ts'
import type { EngineState } from './metered.ts'
import type { Page, Reader } from './readers/reader.ts'

/** How a lane stands; `away` lanes were closed by the page, which says why. */
export type Standing = 'idle' | 'connecting' | 'open' | 'lost' | 'refused' | 'away'

/** A return after having been away: `found` messages of those said meanwhile, after the cursor, if it has one. */
export type Return = { seconds: number; cursor: number | undefined; found: number; lost: number }

export type Arrival = { seq: number; delay: number }

/** A message of the room, and when it was said by the server's clock, in milliseconds since 1970. */
export type Said = { seq: number; at: number }

/** Milliseconds after connecting again within which what was missed has come, here and in the other lanes. */
const SETTLED = 800
/** Arrivals that are kept for the chart. */
const KEPT = 40

export type Tools = Page & { meter: Meter; tellEngine: (now: EngineState) => void }
export type LaneKind = {
  name: string
  /** Makes the reader, out of the page's means with the meter in them. */
  read: (tools: Tools) => Reader
  /** Whether a request, by its address, is this lane's. */
  owns: (address: URL) => boolean
  /** Whether the reader's own means count its requests; if not, they are counted by their answers. */
  isCounted: boolean
  /** Its requests use the browser's own connections; it opens none. */
  sharesConnections: boolean
  /** It keeps no cursor: what is said while it is away is lost. */
  forgets: boolean
  /** Whether it holds a request open for as long as it is open; `fallback` only where no WebSocket gets through. */
  holds: 'always' | 'fallback' | 'never'
  /** The source of the reader that runs. */
  code: () => Promise<string>
}

type Parts = {
  kind: LaneKind
  clock: Clock
  /** The server's time, in milliseconds since 1970. */
  serverNow: () => number
  /** All messages of which the page knows, of whichever lane it has them. */
  said: Map<number, Said>
}

/** One lane: its reader with its meter, and what becomes of both. */
export function createLane({ kind, clock, serverNow, said }: Parts) {
  const lane = reactive({
    is: 'idle' as Standing,
    meter: emptyMeter(),
    arrivals: [] as Arrival[],
    arrived: new Set<number>(),
    connectedAfter: 0,
    engine: undefined as EngineState | undefined,
    back: undefined as Return | undefined,
  })
  let reader: Reader | undefined
  let lostAt: number | undefined
  let stopSettling = () => {}

  /** Makes the reader, which begins after a change of the room. */
  function prepare(room: string, after: number): void {
    reader = kind.read({
      room,
      after,
      onOpen,
      onMessages,
      onLost,
      meter: lane.meter,
      tellEngine,
    })
  }

  /** That WebSockets are refused holds for the next engine too, until one gets through. */
  function tellEngine({ over, isRefused }: EngineState): void {
    const was = lane.engine?.over === 'polling' && lane.engine.isRefused
    lane.engine = { over, isRefused: isRefused || (over === 'polling' && was) }
  }

  function onOpen(cursor?: number): void {
    if (lane.is === 'open' || lane.is === 'away') return
    lane.is = 'open'
    if (lostAt === undefined) return
    const seconds = (clock.now() - lostAt) / 1_000
    const openedAt = serverNow()
    const last = Math.max(lane.connectedAfter, ...lane.arrived)
    lostAt = undefined
    stopSettling = clock.after(SETTLED, () => {
      const missed = [...said.values()].filter(({ seq, at }) => seq > last && at < openedAt)
      const found = missed.filter(({ seq }) => lane.arrived.has(seq)).length
      lane.connectedAfter = Math.max(last, ...missed.map(({ seq }) => seq))
      lane.back = { seconds, cursor, found, lost: missed.length - found }
    })
  }

  function onMessages(messages: Message[]): void {
    const now = serverNow()
    for (const { seq, sentAt } of messages) {
      if (lane.arrived.has(seq)) continue
      const at = Date.parse(sentAt)
      lane.arrived.add(seq)
      lane.arrivals.push({ seq, delay: Math.max(0, now - at) })
      said.set(seq, { seq, at })
    }
    lane.arrivals.splice(0, lane.arrivals.length - KEPT)
  }

  function onLost(why?: 'refused'): void {
    if (lane.is === 'away') return
    beLost(why ?? 'lost')
  }

  function beLost(now: 'lost' | 'refused' | 'away'): void {
    stopSettling()
    if (lane.is === 'open') lostAt = clock.now()
    lane.is = now
  }

  return Object.assign(lane, {
    kind,
    prepare,
    open(): void {
      // One that is lost opens by itself.
      if (lane.is !== 'idle' && lane.is !== 'away') return
      lane.is = 'connecting'
      lane.back = undefined
      reader?.open()
    },
    /** Closes all that is open, until `open`. */
    close(): void {
      if (lane.is === 'idle') return
      beLost('away')
      reader?.close()
    },
  })
}

export type Lane = ReturnType<typeof createLane>
