/**
 * What many readers need, computed from what the benchmark measures: one busy room, its readers spread over nodes of one
 * core each, which hear of each commit over Redis. Times are in milliseconds unless their names say otherwise.
 */
import type { Results } from './results.ts'
import { ours } from './servers.ts'

/** What things cost on the machine of docs/benchmark.md; a run that measures them puts its own in their place. */
export const documented = {
  /** CPU of one write to one reader, and of each message in it: microseconds. */
  perFrame: 19,
  perMessage: 0.12,
  /** Memory of one connection, in kB. */
  perConnection: 13,
  /** CPU of a node for each Change that comes over Redis. */
  perChange: 0.15,
  /** A commit in PostgreSQL, during which the room's row is locked. */
  perCommit: 2,
  /** From a commit on one node to another one, through Redis. */
  perHop: 1,
}
export type Costs = typeof documented

/** Share of a core that is used at most, so that a burst and a lost node find room. */
const BUSY_MAX = 0.6
/** Memory of a node for connections, in MB: of 2 GB, after the program itself and room for garbage. */
const MEMORY = 1_200
/** Bytes of a message in a Change, as JSON. */
const MESSAGE_BYTES = 400
/** Rounds of the log on a node (me-api/src/chat/log/room-log.ts): the longest window, and its share of a round's cost. */
const WINDOW = { max: 40, perCost: 8, way: 60 }
/** Connections to PostgreSQL of one node (me-api/src/db/open-postgres.ts), and those that it gives unless set up otherwise. */
const POSTGRES = { perNode: 10, given: 97 }
/** Bytes a second that one Redis sends: 1 Gbit/s. */
const REDIS_BYTES = 125e6
/** Microseconds of Redis for each node that it passes a message to, and the share of its one thread that may be used. */
const REDIS_PER_NODE = 5
/** Nodes that each relay of a tree serves. */
const BRANCHES = 50

export type Row = {
  readers: number
  /** Messages a second in the room. */
  rate: number
  /** Writes to each reader a second. */
  frames: number
  nodes: number
  /** Megabytes a second that Redis sends; with a tree, each relay. */
  redis: number
  /** Depth of the tree of relays below Redis; 0 is Redis alone. */
  depth: number
  connections: number
  p50: number
  p99: number
  wall: string
  /** Nodes that would do if each gathered the commits of others for a window, as it gathers its own writes. */
  gathering: number
}

export function model(results: Results): { costs: Costs; rows: Row[] } {
  const costs = { ...documented, ...measuredIn(results) }
  const rows = [10_000, 100_000, 1_000_000].flatMap((readers) =>
    [5, 50, 400].map((rate) => rowOf(readers, rate, costs)),
  )
  return { costs, rows }
}

/** The costs that this run has measured itself. */
function measuredIn({ steady, idle, cluster }: Results): Partial<Costs> {
  const found: Partial<Costs> = {}
  const points = steady.map(({ rate, of }) => {
    const frames = Math.min(rate, 1_000 / (WINDOW.max + 10))
    // CPU of one frame to one reader, by how many messages are in it.
    return { messages: rate / frames, micros: (1e6 / of[ours.name]!.perCpuSecond) * (rate / frames) }
  })
  const [few, many] = [points[0], points.at(-1)]
  if (few && many && many.messages > few.messages) {
    found.perMessage = Math.max(0, (many.micros - few.micros) / (many.messages - few.messages))
    found.perFrame = few.micros - found.perMessage * few.messages
  }
  if (idle) found.perConnection = idle[ours.name]!.perConnection / 1_024
  const two = cluster?.of['this one, two nodes']
  const one = cluster?.of['this one, one node']
  if (cluster) found.perCommit = cluster.commit.p50
  if (two && one) found.perHop = Math.max(0.1, two.quiet.p50 - one.quiet.p50)
  return found
}

function rowOf(readers: number, rate: number, costs: Costs): Row {
  const { nodes, frames } = enough(readers, rate, costs, Infinity)
  const single = { bytes: rate * MESSAGE_BYTES * nodes, thread: (frames * nodes * REDIS_PER_NODE) / 1e6 }
  const isTree = single.bytes > REDIS_BYTES || single.thread > BUSY_MAX
  const depth = isTree ? Math.max(1, Math.ceil(Math.log(nodes) / Math.log(BRANCHES)) - 1) : 0
  const connections = nodes * POSTGRES.perNode
  return {
    ...{ readers, rate, frames, nodes, depth, connections },
    ...simulate(rate, frames, nodes, readers, depth, costs),
    redis: (isTree ? rate * MESSAGE_BYTES * Math.min(nodes, BRANCHES) : single.bytes) / 1e6,
    wall: wallOf({ frames, nodes, connections, isTree }, costs),
    gathering: enough(readers, rate, costs, 1_000 / WINDOW.max).nodes,
  }
}

/** More nodes write in more rounds, which makes more writes to each reader, which needs more nodes: until it is enough. */
function enough(readers: number, rate: number, costs: Costs, framesMax: number) {
  let nodes = Math.max(1, Math.ceil((readers * costs.perConnection) / 1_024 / MEMORY))
  for (;;) {
    const frames = Math.min(framesMax, framesOf(rate, nodes, readers / nodes, costs))
    if (loadOf(rate, frames, readers / nodes, costs) <= BUSY_MAX || nodes >= readers) return { nodes, frames }
    nodes = Math.max(nodes + 1, Math.floor(nodes * 1.02))
  }
}

/** Commits of the room a second: each node gathers what comes in a window; the row's lock lets in one at a time. */
function framesOf(rate: number, nodes: number, each: number, { perFrame, perCommit }: Costs): number {
  const round = perCommit + (each * perFrame) / 1_000
  const window = Math.max(0, Math.min(WINDOW.max, WINDOW.perCost * round, WINDOW.way - 2 * round))
  return Math.min(rate, (nodes * 1_000) / (round + window), 1_000 / perCommit)
}

/** Share of a node's core that is used. */
function loadOf(
  rate: number,
  frames: number,
  each: number,
  { perFrame, perMessage, perChange }: Costs,
): number {
  return (each * (frames * perFrame + rate * perMessage)) / 1e6 + (frames * perChange) / 1_000
}

function wallOf(
  {
    frames,
    nodes,
    connections,
    isTree,
  }: { frames: number; nodes: number; connections: number; isTree: boolean },
  { perCommit }: Costs,
): string {
  const walls = [
    ...(frames * perCommit > BUSY_MAX * 1_000 ? ['the row lock'] : []),
    ...(isTree ? ['one Redis'] : []),
    ...(connections > POSTGRES.given ? ['connections of PostgreSQL'] : []),
  ]
  return walls.join(', ') || (nodes === 1 ? 'none: one node' : 'none')
}

/**
 * Follows commits, at random times, through the lock, Redis and its relays to readers of random nodes. Each station takes
 * what comes in turn.
 */
function simulate(rate: number, frames: number, nodes: number, readers: number, depth: number, costs: Costs) {
  const random = randomFrom(1)
  const { perCommit, perHop, perChange, perFrame, perMessage } = costs
  const each = readers / nodes
  const perReader = (perFrame + (perMessage * rate) / frames) / 1_000
  const children = depth === 0 ? nodes : Math.min(nodes, BRANCHES)
  const passing = REDIS_PER_NODE / 1_000
  const free = { lock: 0, node: 0, redis: Array.from({ length: depth + 1 }, () => 0) }
  const gathering = 1_000 * Math.max(0, 1 / frames - 1 / rate) * Math.min(nodes, frames)
  const delays: number[] = []
  let now = 0
  for (let commit = 0; commit < 3_000; commit++) {
    now += (-Math.log(1 - random()) * 1_000) / frames
    free.lock = Math.max(now, free.lock) + perCommit
    let at = free.lock
    if (nodes > 1) {
      for (let level = 0; level <= depth; level++) {
        const starts = Math.max(at + perHop, free.redis[level]!)
        free.redis[level] = starts + children * passing
        at = starts + random() * children * passing
      }
    }
    const starts = Math.max(at, free.node)
    free.node = starts + perChange + each * perReader
    for (let reader = 0; reader < 5; reader++)
      delays.push(
        random() * Math.min(gathering, WINDOW.max) + starts + perChange + random() * each * perReader - now,
      )
  }
  const sorted = delays.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!
  return { p50: at(0.5), p99: at(0.99) }
}

/** The same numbers at each run (mulberry32), so that a difference comes from the costs. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
