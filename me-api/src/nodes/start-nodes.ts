import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { readInstallation } from '../db/installation.ts'
import { type OneAtATime, byOnlyNode, createOneAtATime } from '../db/one-at-a-time.ts'
import type { Database } from '../db/tables.ts'
import { type UsedOnce, createUsedOnce } from '../db/used-once.ts'
import { type Interchange, createInterchange, noInterchange } from './interchange.ts'
import { type Tallies, createTallies, noTallies } from './tallies.ts'

/** What makes several processes one chat. */
export type Nodes = {
  interchange: Interchange
  tallies: Tallies
  /** Null for the only node, which remembers by itself what was used. */
  usedOnce: UsedOnce | null
  oneAtATime: OneAtATime
}

const onlyNode: Nodes = {
  interchange: noInterchange,
  tallies: noTallies,
  usedOnce: null,
  oneAtATime: byOnlyNode,
}

type Parts = {
  config: Pick<Config, 'REDIS_URL'>
  db: Database
  secrets: string[]
  clock: Clock
  log: Logger
}

/** Prepares to be one of several nodes where `REDIS_URL` is set; `interchange.join` begins it. */
export async function startNodes({ config, db, secrets, clock, log }: Parts): Promise<Nodes> {
  if (!config.REDIS_URL) return onlyNode
  const { name } = await readInstallation(db)
  const interchange = createInterchange({
    redisUrl: config.REDIS_URL,
    installation: name,
    secrets,
    clock,
    log,
  })
  return {
    interchange,
    tallies: createTallies({ interchange, clock }),
    usedOnce: createUsedOnce(db),
    oneAtATime: createOneAtATime(db),
  }
}
