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
  perConnection: 15,
  /** CPU of a node for each Change that comes over Redis: microseconds. */
  perChange: 8,
  /** CPU of Redis for each node that it passes a Change to: microseconds. */
  redisPerNode: 0.3,
  /** A commit in PostgreSQL, during which the room's row is locked. */
  perCommit: 0.2,
  /** From a commit on one node to another one, through Redis. */
  perHop: 2,
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
/** Nodes that each relay of a tree serves. */
const BRANCHES = 50

export type Row = {
  readers: number
  /** Messages a second in the room. */
  rate: number
  /** Commits of the room a second, on all nodes. */
  commits: number
  /** Writes to each reader a second: a node gathers what it hears of other nodes' commits. */
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
  /** Nodes that would be needed if each commit of others were a write to each reader. */
  ungathered: number
}

/** Computes what rooms of three sizes need at three rates, with the costs that this run measured where it did. */
export function model(results: Results): { costs: Costs; rows: Row[] } {
  const costs = { ...documented, ...measuredIn(results) }
  const rows = [10_000, 100_000, 1_000_000].flatMap((readers) =>
    [5, 50, 400].map((rate) => rowOf(readers, rate, costs)),
  )
  return { costs, rows }
}

/** The costs that this run has measured itself. */
function measuredIn({ steady, idle, cluster, hop }: Results): Partial<Costs> {
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
  if (hop) Object.assign(found, { perChange: hop.perChange, redisPerNode: hop.redisPerNode })
  if (two && one) found.perHop = Math.max(0.1, two.quiet.p50 - one.quiet.p50)
  return found
}

function rowOf(readers: number, rate: number, costs: Costs): Row {
  const { nodes, commits, frames } = enough(readers, rate, costs, 1_000 / WINDOW.max)
  const single = {
    bytes: rate * MESSAGE_BYTES * nodes,
    thread: (commits * nodes * costs.redisPerNode) / 1e6,
  }
  const isTree = single.bytes > REDIS_BYTES || single.thread > BUSY_MAX
  const depth = isTree ? Math.max(1, Math.ceil(Math.log(nodes) / Math.log(BRANCHES)) - 1) : 0
  const connections = nodes * POSTGRES.perNode
  return {
    ...{ readers, rate, commits, frames, nodes, depth, connections },
    ...simulate({ rate, commits, frames, nodes, readers, depth }, costs),
    redis: (isTree ? rate * MESSAGE_BYTES * Math.min(nodes, BRANCHES) : single.bytes) / 1e6,
    wall: wallOf({ commits, nodes, connections, isTree }, costs),
    ungathered: enough(readers, rate, costs, Infinity).nodes,
  }
}

/** More nodes write in more rounds, which each of them hears, which needs more nodes: until it is enough. */
function enough(readers: number, rate: number, costs: Costs, framesMax: number) {
  let nodes = Math.max(1, Math.ceil((readers * costs.perConnection) / 1_024 / MEMORY))
  for (;;) {
    const commits = commitsOf(rate, nodes, readers / nodes, costs)
    const frames = Math.min(framesMax, commits)
    const load = loadOf({ rate, commits, frames, each: readers / nodes }, costs)
    if (load <= BUSY_MAX || nodes >= readers) return { nodes, commits, frames }
    nodes = Math.max(nodes + 1, Math.floor(nodes * 1.02))
  }
}

/** Commits of the room a second: each node gathers what comes in a window; the row's lock lets in one at a time. */
function commitsOf(rate: number, nodes: number, each: number, { perFrame, perCommit }: Costs): number {
  const round = perCommit + (each * perFrame) / 1_000
  const window = Math.max(0, Math.min(WINDOW.max, WINDOW.perCost * round, WINDOW.way - 2 * round))
  return Math.min(rate, (nodes * 1_000) / (round + window), 1_000 / perCommit)
}

/** Share of a node's core that is used. */
function loadOf(
  { rate, commits, frames, each }: { rate: number; commits: number; frames: number; each: number },
  { perFrame, perMessage, perChange }: Costs,
): number {
  return (each * (frames * perFrame + rate * perMessage) + commits * perChange) / 1e6
}

function wallOf(
  {
    commits,
    nodes,
    connections,
    isTree,
  }: { commits: number; nodes: number; connections: number; isTree: boolean },
  { perCommit }: Costs,
): string {
  const walls = [
    ...(commits * perCommit > BUSY_MAX * 1_000 ? ['the row lock'] : []),
    ...(isTree ? ['one Redis'] : []),
    ...(connections > POSTGRES.given ? ['connections of PostgreSQL'] : []),
  ]
  return walls.join(', ') || (nodes === 1 ? 'none: one node' : 'none')
}

type Room = {
  rate: number
  commits: number
  frames: number
  nodes: number
  readers: number
  depth: number
}

/**
 * Follows commits, at random times, through the lock, Redis and its relays to readers of random nodes. Each station takes
 * what comes in turn; a node that gathers writes when its window ends.
 */
function simulate({ rate, commits, frames, nodes, readers, depth }: Room, costs: Costs) {
  const random = randomFrom(1)
  const { perCommit, perHop, perChange, redisPerNode, perFrame, perMessage } = costs
  const each = readers / nodes
  const writing = (each * (perFrame + (perMessage * rate) / frames)) / 1_000
  const children = depth === 0 ? nodes : Math.min(nodes, BRANCHES)
  const passing = redisPerNode / 1_000
  const free = { lock: 0, node: 0, redis: Array.from({ length: depth + 1 }, () => 0) }
  const ownWindow = Math.min(
    WINDOW.max,
    1_000 * Math.max(0, 1 / commits - 1 / rate) * Math.min(nodes, commits),
  )
  const othersWindow = frames < commits ? 1_000 / frames : 0
  const delays: number[] = []
  let now = 0
  for (let commit = 0; commit < 3_000; commit++) {
    now += (-Math.log(1 - random()) * 1_000) / commits
    free.lock = Math.max(now, free.lock) + perCommit
    let at = free.lock
    if (nodes > 1) {
      for (let level = 0; level <= depth; level++) {
        const starts = Math.max(at + perHop, free.redis[level]!)
        free.redis[level] = starts + children * passing
        at = starts + random() * children * passing
      }
    }
    const heard = Math.max(at, free.node) + perChange / 1_000
    free.node = heard + (othersWindow ? 0 : writing)
    for (let reader = 0; reader < 5; reader++)
      delays.push(random() * ownWindow + heard + random() * othersWindow + random() * writing - now)
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
