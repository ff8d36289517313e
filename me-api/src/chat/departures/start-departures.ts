import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Database } from '../../db/tables.ts'
import type { WriteToMany } from '../log/write-to-many.ts'
import type { Eraser } from '../moderation/erase-author.ts'
import type { MessageReports } from '../moderation/message-reports.ts'
import type { Signals } from '../signals.ts'
import { createDepartures } from './departures.ts'
import { createDeparturesStore } from './departures.store.ts'

type Parts = {
  db: Database
  writeToMany: WriteToMany
  erase: Eraser
  reported: Pick<MessageReports, 'settleOf'>
  signals: Signals
  clock: Clock
  interchange: Interchange
  oneAtATime: OneAtATime
  log: Logger
}

/** Assembles what happens to the messages of deleted accounts. */
export const startDepartures = ({ db, log, ...parts }: Parts) =>
  createDepartures({
    ...parts,
    store: createDeparturesStore(db),
    onFault: (error) => log.error({ err: error }, 'the messages of a deleted account still have its name'),
  })
