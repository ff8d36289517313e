import type { History } from './history.ts'
import type { Summary } from './latencies.ts'
import type { Search } from './search.ts'
import type { Idle, Quiet, Restart, Steady } from './loads.ts'

/** What a run has measured, by the servers' names; what was not asked for is missing. */
export type Results = {
  seconds: number
  sync: Summary
  steady: { readers: number; rate: number; of: Record<string, Steady> }[]
  idle?: Record<string, Idle>
  quiet?: Record<string, Quiet>
  restart?: Record<string, Restart>
  /** Null where the data to import is not there. */
  history?: History | null
  search?: Search | null
}
