import type { Message } from 'me-api/contract'
import { computed, reactive, shallowRef } from 'vue'
import type { Clock } from '../platform/clock.ts'
import { emptyMeter, type Meter } from './meter.ts'
import type { EngineState } from './metered.ts'
import type { Page, Reader } from './readers/reader.ts'

/** How a lane stands; `away` lanes were closed by the page, which says why. */
export type LaneStanding = 'idle' | 'connecting' | 'open' | 'lost' | 'refused' | 'away'

/** A return after having been away: `found` messages of those said meanwhile, after the cursor, if it has one. */
export type Return = { seconds: number; cursor: number | undefined; found: number; lost: number }

export type Arrival = { seq: number; delay: number }

/** A message of the room, and when it was said by the server's clock, in milliseconds since 1970. */
export type Said = { seq: number; at: number }

/** Milliseconds after connecting again within which what was missed has mostly come, here and in the other lanes. */
const SETTLED = 800
/** Arrivals that are kept for the chart. */
const KEPT = 40
/** Messages by which the page knows what a lane has and lacks: a hundred bursts, so that a long lesson costs no more. */
const KNOWN = 2_000

/** Forgets the oldest of what a page knows. */
function keepNewest(known: Set<number> | Map<number, unknown>): void {
  for (const oldest of known.keys()) {
    if (known.size <= KNOWN) return
    known.delete(oldest)
  }
}

/** A time without a connection: from the message `after` until the server's time `until`. */
type Gap = { seconds: number; cursor: number | undefined; after: number; until: number; isSettled: boolean }

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
  const arrived = reactive(new Set<number>())
  const gap = shallowRef<Gap>()
  /** What was said in the gap, as far as the page knows: this lane, or another one, may tell of it much later. */
  const missed = computed(() => {
    const { after = 0, until = 0 } = gap.value ?? {}
    return [...said.values()].filter(({ seq, at }) => seq > after && at < until).map(({ seq }) => seq)
  })
  const connectedAfter = computed(() => Math.max(gap.value?.after ?? 0, ...missed.value))
  const back = computed((): Return | undefined => {
    if (!gap.value?.isSettled) return undefined
    const { seconds, cursor } = gap.value
    const found = missed.value.filter((seq) => arrived.has(seq)).length
    return { seconds, cursor, found, lost: missed.value.length - found }
  })
  const lane = reactive({
    is: 'idle' as LaneStanding,
    meter: emptyMeter(),
    arrivals: [] as Arrival[],
    arrived,
    engine: undefined as EngineState | undefined,
    connectedAfter,
    back,
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
    const until = serverNow()
    const after = Math.max(connectedAfter.value, ...arrived)
    gap.value = { seconds: (until - lostAt) / 1_000, cursor, after, until, isSettled: false }
    lostAt = undefined
    stopSettling = clock.after(SETTLED, () => settle(true))
  }

  function settle(isSettled: boolean): void {
    if (gap.value) gap.value = { ...gap.value, isSettled }
  }

  function onMessages(messages: Message[]): void {
    const now = serverNow()
    for (const { seq, sentAt } of messages) {
      if (arrived.has(seq)) continue
      const at = Date.parse(sentAt)
      arrived.add(seq)
      lane.arrivals.push({ seq, delay: Math.max(0, now - at) })
      said.set(seq, { seq, at })
    }
    lane.arrivals.splice(0, lane.arrivals.length - KEPT)
    keepNewest(arrived)
    keepNewest(said)
  }

  function onLost(why?: 'refused'): void {
    if (lane.is === 'away') return
    beLost(why ?? 'lost')
  }

  function beLost(now: 'lost' | 'refused' | 'away'): void {
    stopSettling()
    if (lane.is === 'open') lostAt = serverNow()
    lane.is = now
  }

  return Object.assign(lane, {
    kind,
    prepare,
    open(): void {
      // One that is lost opens by itself.
      if (lane.is !== 'idle' && lane.is !== 'away') return
      lane.is = 'connecting'
      settle(false)
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
