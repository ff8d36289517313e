import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { Database } from '../../db/tables.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Bus } from '../log/bus.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { PrivateReaders } from '../conversations/private-readers.ts'
import { createAboutStreams } from './about-streams.ts'
import { aboutRoutes } from './about.routes.ts'
import { createAboutStore } from './about.store.ts'
import type { Places } from './places.ts'
import { createAboutReader } from './read-about.ts'
import { createTalks } from './talks.ts'

type Parts = {
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  bus: Bus
  rooms: Rooms
  places: Places
  interchange: Interchange
  addressOf: AddressOf
  privateReaders: Pick<PrivateReaders, 'add'>
}

/** Assembles what is said about pages. */
export function startAbout({ db, log, logFault, bus, rooms, places, ...parts }: Parts) {
  const store = createAboutStore(db)
  const followTalk = createTalks({
    store,
    bus,
    onFault: (error) => logFault(log, error, 'what is said about a page could not be read'),
  })
  const streams = createAboutStreams({ ...parts, followTalk, mayRead: rooms.mayRead })
  const read = createAboutReader({ store, rooms })
  return {
    routes: aboutRoutes({ read, places, streams }),
    read,
    end: streams.end,
  }
}
