import { accountFloods } from './accounts.ts'
import { eventFloods } from './events.ts'
import type { Flood } from './flood.ts'
import { pollingFloods } from './polling.ts'
import { readFloods } from './reads.ts'
import { upgradeFloods } from './upgrades.ts'
import { writeFloods } from './writes.ts'

/** All floods, in the order of what they load: events, reads, passwords, writes. */
export const floods: Flood[] = [
  ...eventFloods,
  ...pollingFloods,
  ...readFloods,
  ...accountFloods,
  ...writeFloods,
  ...upgradeFloods,
]
