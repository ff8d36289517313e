import type { Cluster } from './cluster.ts'
import type { Documents } from './documents.ts'
import type { History } from './history.ts'
import type { Hop } from './hop.ts'
import type { Costs, Row } from './fan-out-model.ts'
import type { Summary } from './latencies.ts'
import type { Search } from './search.ts'
import type { Idle, Quiet, Restart, Steady } from './loads.ts'

/** The measurements of a run, by server; parts that were not run are missing. */
export type Results = {
  seconds: number
  sync: Summary
  steady: { readers: number; rate: number; of: Record<string, Steady> }[]
  idle?: Record<string, Idle>
  quiet?: Record<string, Quiet>
  restart?: Record<string, Restart>
  /** Null if the data to import is missing. */
  history?: History | null
  search?: Search | null
  documents?: Documents
  cluster?: Cluster
  hop?: Hop
  model?: { costs: Costs; rows: Row[] }
}
