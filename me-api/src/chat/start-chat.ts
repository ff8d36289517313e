import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Accounts } from '../accounts/accounts.ts'
import type { Owner } from '../accounts/owner.ts'
import type { Tokens } from '../accounts/tokens.ts'
import type { Clock } from '../clock.ts'
import type { Config, Limit } from '../config.ts'
import type { Database } from '../db/tables.ts'
import type { AddressOf } from '../http/client-address.ts'
import { createCallers } from './identity/authenticate.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Metrics } from './metrics/chat-metrics.ts'
import type { Origins } from '../http/origins.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { Upgrades } from '../http/upgrades.ts'
import { createAddressBans } from './moderation/address-bans.ts'
import { createAddressHashes } from './moderation/address-hash.ts'
import { dropSlowConsumers } from './transports/socketio/slow-consumers.ts'
import { createMessageRules } from './messages/messages.ts'
import { messageRoutes } from './messages/messages.routes.ts'
import { serveSocketio } from './transports/socketio/socketio.ts'
import { createStreams } from './transports/sse.ts'
import { servePlainWebSockets } from './transports/websocket/websocket.ts'
import { createConnectionLimit } from './rate-limits/connection-limit.ts'
import { fanOut } from './transports/socketio/fan-out.ts'
import { createDuplicateFloods } from './rate-limits/duplicate-flood.ts'
import { announceRestart, closeInSteps } from './transports/socketio/graceful-close.ts'
import { createInboundPackets } from './transports/socketio/inbound-packets.ts'
import { createAddressLimiter, createLimiter } from './rate-limits/rate-limiter.ts'
import { createLongPoll } from './transports/long-poll.ts'
import { NEWCOMERS_PACE, createNewcomers, createWriteRates } from './rate-limits/new-identities.ts'
import type { NickReservations } from '../nicks/nick-reservations.ts'
import { createPersons } from './identity/persons.ts'
import { createPersonsStore } from './identity/persons.store.ts'
import { createLastAddresses } from './moderation/last-addresses.ts'
import { createLastAddressesStore } from './moderation/last-addresses.store.ts'
import { createPresence } from './presence/presence.ts'
import { createJoinPressure } from './rate-limits/join-pressure.ts'
import { createProofOfWork } from './rate-limits/proof-of-work.ts'
import { createReadersBudget } from './rate-limits/readers-budget.ts'
import { createRecentlyDeleted } from './messages/recently-deleted.ts'
import { createRetention } from './rooms/retention.ts'
import { createRooms } from './rooms/rooms.ts'
import { roomRoutes } from './rooms/rooms.routes.ts'
import { createRoomsStore } from './rooms/rooms.store.ts'
import { createActiveSanctions } from './moderation/active-sanctions.ts'
import { createSearchStore } from './search/search.store.ts'
import { watchSessions } from './transports/socketio/session-expiry.ts'
import { shareReads } from './log/shared-reads.ts'
import { startEngine } from './transports/socketio/start-engine.ts'
import { startLog } from './log/start-log.ts'
import { startModeration } from './moderation/start-moderation.ts'
import { createTyping } from './presence/typing.ts'
import { createVisitorSweep } from './identity/visitor-sweep.ts'
import { createVisitors } from './identity/visitors.ts'
import { createVisitorsStore } from './identity/visitors.store.ts'

/** Challenges that one address gets: far more than it can solve. */
const CHALLENGES: Limit = { count: 60, seconds: 60 }

type Parts = {
  config: Config
  db: Database
  upgrades: Upgrades
  clock: Clock
  log: Logger
  accounts: Accounts
  owner: Owner
  tokens: Tokens
  secrets: string[]
  nickReservations: NickReservations
  siteHost: SiteHost
  cookies: Cookies
  origins: Origins
  addressOf: AddressOf
  metrics: Metrics
}

/** Puts the chat together behind the house's server: its sockets, its routes, and who may call them. */
export async function startChat({
  config,
  db,
  upgrades,
  clock,
  log,
  accounts,
  owner,
  tokens,
  secrets,
  nickReservations,
  siteHost,
  cookies,
  origins,
  addressOf,
  metrics,
}: Parts) {
  const { messages, bus, roomLog } = startLog({ db, clock, log, metrics })
  const changes = shareReads({ bus, read: messages.changes })
  const limitWrites = (limit = config.LIMIT_MESSAGES) =>
    createLimiter(limit, 'You write faster than the room can read.')
  const limitAddress = createAddressLimiter(
    config.LIMIT_ADDRESS_MESSAGES,
    'Much is being written from your address. Wait a little.',
  )
  const addressHashesOf = createAddressHashes(secrets[0] ?? '')
  const sanctions = createActiveSanctions({ clock, addressHashesOf })
  const visitorsStore = createVisitorsStore(db)
  const addressBans = createAddressBans({ sanctions, store: visitorsStore, clock })
  const persons = createPersons(createPersonsStore(db))
  const lastAddresses = createLastAddresses({ store: createLastAddressesStore(db), clock, addressHashesOf })
  const newcomers = createNewcomers({ clock, seconds: config.LIMIT_NEWCOMER })
  const recentlyDeleted = createRecentlyDeleted({ clock })
  const chat = createMessageRules({
    store: { ...messages, changes },
    log: roomLog,
    limitSends: limitWrites(),
    limitNewcomers: limitWrites(NEWCOMERS_PACE),
    limitChanges: limitWrites(),
    limitAddress,
    charge: createReadersBudget({
      clock,
      byAuthor: config.LIMIT_MESSAGES !== null,
      byAddress: config.LIMIT_ADDRESS_MESSAGES !== null,
    }),
    holdFloods: config.LIMIT_MESSAGES && createDuplicateFloods({ clock }),
    addressBans,
    newcomers,
    recentlyDeleted,
    note: (by, action, message) => moderation.noted(by, action, message),
  })
  const roomsStore = createRoomsStore(db)
  const rooms = createRooms({
    store: roomsStore,
    clock,
    onRemoved(room) {
      sockets.emptyRoom(room)
      streams.endRoom(room)
    },
    tell: (all) => void sockets.namespace.emit('room:updated', { rooms: all }),
  })
  const limitJoins = createAddressLimiter(config.LIMIT_JOINS, 'Too many new nicks from your address.')
  const proofOfWork = createProofOfWork({
    mode: config.PROOF_OF_WORK,
    secret: secrets[0] ?? '',
    pressure: createJoinPressure({ clock }),
    clock,
  })
  const visitors = createVisitors({
    store: visitorsStore,
    nickReservations,
    accounts,
    tokens,
    limitJoins,
    proofOfWork,
    sanctions,
    addressBans,
    persons,
    carryOver: (identity) => moderation.carryOver(identity),
    lastAddresses,
    newcomers,
    clock,
  })
  await visitors.start()
  const callers = createCallers({ accounts, visitors, tokens, cookies })

  const connections = createConnectionLimit(config.LIMIT_CONNECTIONS)
  const { io, poll } = startEngine({
    upgrades,
    siteHost,
    origins,
    mayOpen: (req) => connections.mayOpen(addressOf(req)),
    onFault: (error) => log.error({ err: error }, 'a connection could not be taken in'),
  })
  const inbound = createInboundPackets({
    io,
    limit: config.LIMIT_EVENTS,
    limitRefused: config.LIMIT_ADDRESS_MESSAGES,
    clock,
    metrics,
  })
  const plainWebSockets = servePlainWebSockets({ upgrades, io, origins, clock })
  const presence = createPresence({
    clock,
    tell: (change) => void sockets.tellPresence(change),
  })
  const typing = createTyping({
    clock,
    tell: (change) => void sockets.tellTyping(change),
  })
  const { moderation, routes: ofModeration } = await startModeration({
    db,
    clock,
    log: roomLog,
    messages,
    sanctions,
    persons,
    addressBans,
    lastAddresses,
    recentlyDeleted,
    addressOf,
    tell(personId, notice) {
      typing.gone({ id: personId })
      sockets.tell(personId, notice)
    },
    tellBarred: (notice) => sockets.tellBarred(notice),
    end: (personId) => sockets.end(personId),
    visitorsHere: () => sockets.visitorsHere(),
  })
  const sockets = serveSocketio({
    io,
    chat,
    rooms,
    visitors,
    presence,
    typing,
    moderation,
    callers,
    addressOf,
    connections,
    inbound,
    paceOf: createWriteRates({ newcomers, usual: config.LIMIT_MESSAGES }),
    limitNicks: limitWrites(),
    limitAddress,
    onOwnerSeen: (id) => void owner.seen(id).catch((error) => log.error({ err: error }, 'owner not noted')),
    log,
    metrics,
  })
  metrics.countConnections(sockets.namespace)
  const longPoll = createLongPoll({ bus, connections, addressOf })
  const streams = createStreams({ bus, read: changes, connections, addressOf, clock })
  fanOut(metrics.ofBus(bus), sockets.namespace)
  dropSlowConsumers(sockets.namespace, clock)
  const retention = createRetention({
    store: roomsStore,
    clock,
    days: config.CHAT_RETENTION_DAYS,
    onFault: (error) => log.error({ err: error }, 'old messages could not be removed'),
  })
  await retention.start()
  createVisitorSweep({
    store: visitorsStore,
    clock,
    onFault: (error) => log.error({ err: error }, 'visitors who never wrote could not be forgotten'),
  }).start()
  bus.start(await roomsStore.list())
  accounts.onSessionEnded(sockets.endSession)
  watchSessions({ namespace: sockets.namespace, accounts, clock, end: sockets.endSession })

  return {
    io,
    poll,
    callers,
    mayRegister: visitors.mayRegister,
    carryOver: moderation.carryOver,
    routes: [
      ...roomRoutes(rooms),
      ...ofModeration,
      ...plainWebSockets.routes,
      ...messageRoutes({
        chat,
        search: createSearchStore(db, config.DATABASE_URL.kind),
        longPoll,
        streams,
        visitors,
        proofOfWork,
        limitChallenges: createAddressLimiter(
          config.LIMIT_JOINS && CHALLENGES,
          'Too many challenges for your address.',
        ),
        limitAddress,
        presence,
        ownerLastSeen: owner.lastSeen,
        addressOf,
      }),
    ],

    /** Says goodbye, serves on for `linger` milliseconds, stores what is waiting, acknowledges it, and closes. */
    async close(linger: number): Promise<void> {
      announceRestart(sockets.namespace)
      await pause(linger)
      longPoll.end()
      await roomLog.flush()
      streams.end()
      await visitors.noteWhoIsHere()
      await closeInSteps(sockets.namespace)
      plainWebSockets.close()
    },
  }
}
