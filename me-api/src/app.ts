import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import compression from 'compression'
import express from 'express'
import type { Logger } from 'pino'
import { Server } from 'socket.io'
import { createAccounts } from './accounts/accounts.ts'
import { accountRoutes } from './accounts/accounts.routes.ts'
import { createAccountsStore } from './accounts/accounts.store.ts'
import { createLoginLimit } from './accounts/login-limit.ts'
import { createOwner } from './accounts/owner.ts'
import { createTokens } from './accounts/tokens.ts'
import { boundBacklogs } from './chat/backlog.ts'
import { createLocalBus } from './chat/bus.ts'
import { createChat } from './chat/chat.ts'
import { chatRoutes } from './chat/chat.routes.ts'
import { type ChatServer, serveSockets } from './chat/chat.sockets.ts'
import { slimRequests } from './chat/engine.ts'
import { closeGaps } from './chat/close-gaps.ts'
import { fanOut } from './chat/fan-out.ts'
import { announceRestart, closeInSteps } from './chat/goodbye.ts'
import { createLimiter } from './chat/limits.ts'
import { createLongPoll } from './chat/long-poll.ts'
import { createMessageStore } from './chat/message.store.ts'
import { createNickHolds } from './chat/nick-holds.ts'
import { createPresence } from './chat/presence.ts'
import { createRoomLog } from './chat/room-log.ts'
import { createRetention } from './chat/retention.ts'
import { createRooms } from './chat/rooms.ts'
import { roomRoutes } from './chat/rooms.routes.ts'
import { createRoomsStore } from './chat/rooms.store.ts'
import { createSearchStore } from './chat/search.store.ts'
import { watchSessions } from './chat/session-watch.ts'
import { createTyping } from './chat/typing.ts'
import { createVisitors } from './chat/visitors.ts'
import { createVisitorsStore } from './chat/visitors.store.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { BODY_MAX } from './contract/index.ts'
import { createScrub } from './db/scrub.ts'
import type { Database } from './db/tables.ts'
import { Refusal } from './errors.ts'
import { createAddresses } from './http/addresses.ts'
import { apiDocs } from './http/api-docs.ts'
import { createCallers } from './http/callers.ts'
import { errorHandler } from './http/error-handler.ts'
import { health } from './http/health.ts'
import { machinePages } from './http/machine-pages.ts'
import { describeApi } from './http/openapi.ts'
import { createOrigins } from './http/origins.ts'
import { createPageHeads } from './http/page-heads.ts'
import { requestLog } from './http/request-log.ts'
import { mount } from './http/route.ts'
import { crossOrigin, securityHeaders } from './http/security.ts'
import { createSite } from './http/site.ts'
import { createPresentation } from './presentation/presentation.ts'
import { presentationRoutes } from './presentation/presentation.routes.ts'
import { createPresentationStore } from './presentation/presentation.store.ts'
import { createReports } from './reports/reports.ts'
import { reportRoutes } from './reports/reports.routes.ts'
import { createReportsStore } from './reports/reports.store.ts'

/** Milliseconds that answers under way have to end. */
const CLOSING_MAX = 1_000

export type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  secrets: string[]
  /** The built site. */
  siteDirectory: string
  version: string
}

export type App = Awaited<ReturnType<typeof createApp>>

/** Puts the house together: one HTTP server with REST, sockets and the site. It does not listen yet. */
export async function createApp({ config, db, clock, log, secrets, siteDirectory, version }: Parts) {
  const app = express()
  let isStopping = false
  const server = createServer(app)
  const origins = createOrigins(config.SITE_ORIGINS)
  const addressOf = createAddresses({
    trustedProxies: config.TRUST_PROXY,
    warn: () =>
      log.warn(
        'A proxy forwards requests, but TRUST_PROXY is 0: addresses are neither limited nor banned. Set it to the number of proxies in front.',
      ),
  })

  const presentation = createPresentation({ store: createPresentationStore(db), clock })
  const reports = createReports({ store: createReportsStore(db), clock })

  const tokens = createTokens({ secrets, clock })
  const holds = createNickHolds({ clock })
  const accountsStore = createAccountsStore(db)
  const owner = createOwner({ store: accountsStore, clock })
  const accounts = createAccounts({
    store: accountsStore,
    tokens,
    loginLimit: createLoginLimit(config.LIMIT_LOGINS),
    registration: config.REGISTRATION,
    isNickHeld: holds.isHeld,
    clock,
  })

  const committed = createLocalBus()
  const scrub = createScrub({
    db,
    kind: config.DATABASE_URL.kind,
    clock,
    onFault: (error) => log.error({ err: error }, 'deleted words are still in the files'),
  })
  const messages = createMessageStore(db)
  const bus = closeGaps({
    bus: committed,
    read: messages.changes,
    onFault: (error) => log.error({ err: error }, 'a gap could not be read'),
  })
  bus.subscribe(({ messages }) => messages.some(({ deletedAt }) => deletedAt) && scrub.soon())
  const roomLog = createRoomLog({
    store: messages,
    bus,
    now: clock.now,
    onFault: (error) => log.error({ err: error }, 'messages could not be stored'),
  })
  const limitWrites = () => createLimiter(config.LIMIT_MESSAGES, 'You write faster than the room can read.')
  const chat = createChat({
    store: messages,
    log: roomLog,
    limitSends: limitWrites(),
    limitChanges: limitWrites(),
  })
  const roomsStore = createRoomsStore(db)
  const rooms = createRooms({
    store: roomsStore,
    clock,
    onRemoved(room) {
      scrub.soon()
      sockets.emptyRoom(room)
    },
    tell: (all) => void sockets.namespace.emit('room:updated', { rooms: all }),
  })
  const limitJoins = createLimiter(config.LIMIT_JOINS, 'Too many new nicks from your address.')
  const visitors = createVisitors({
    store: createVisitorsStore(db),
    holds,
    accounts,
    tokens,
    limitJoins,
    clock,
  })
  await visitors.start()
  const callers = createCallers({ accounts, visitors, tokens, origins })

  const io: ChatServer = new Server(server, {
    path: '/socket.io/',
    serveClient: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    connectTimeout: 10_000,
    maxHttpBufferSize: BODY_MAX,
    allowRequest: (req, answer) => answer(null, origins.allows(req)),
    cors: { origin: origins.others, credentials: true },
  })
  slimRequests(io)
  const presence = createPresence({
    clock,
    tell: (change) => void sockets.namespace.emit('presence:changed', change),
  })
  const typing = createTyping({
    clock,
    tell: (change) => void sockets.tellTyping(change),
  })
  const sockets = serveSockets({
    io,
    chat,
    rooms,
    visitors,
    presence,
    typing,
    callers,
    addressOf,
    limits: { messages: config.LIMIT_MESSAGES, connections: config.LIMIT_CONNECTIONS },
    limitNicks: limitWrites(),
    onOwnerSeen: (id) => void owner.seen(id).catch((error) => log.error({ err: error }, 'owner not noted')),
    log,
  })
  const longPoll = createLongPoll(bus)
  fanOut(bus, sockets.namespace)
  boundBacklogs(sockets.namespace, clock)
  const retention = createRetention({
    store: roomsStore,
    clock,
    onRemoved: scrub.soon,
    days: config.CHAT_RETENTION_DAYS,
    onFault: (error) => log.error({ err: error }, 'old messages could not be removed'),
  })
  await retention.start()
  bus.start(await roomsStore.list())
  accounts.onSessionEnded(sockets.endSession)
  watchSessions({ namespace: sockets.namespace, accounts, clock, end: sockets.endSession })

  const routes = [
    ...presentationRoutes(presentation),
    ...reportRoutes(reports),
    ...accountRoutes({ accounts, callers, addressOf }),
    ...roomRoutes(rooms),
    ...chatRoutes({
      chat,
      search: createSearchStore(db, config.DATABASE_URL.kind),
      longPoll,
      visitors,
      presence,
      ownerLastSeen: owner.lastSeen,
      addressOf,
    }),
  ]
  const site = createSite({ directory: siteDirectory, heads: createPageHeads({ presentation, reports }) })

  app.disable('x-powered-by')
  app.set('trust proxy', config.TRUST_PROXY)
  app.use(
    requestLog(log),
    securityHeaders(site.scriptHashes),
    compression(),
    health(db, version, () => isStopping),
  )
  app.use(
    '/api',
    crossOrigin(origins),
    apiDocs(describeApi(routes, version)),
    mount(routes, callers),
    unknownPath,
  )
  app.use(machinePages({ presentation, reports }), ...site.handlers, errorHandler)

  return {
    server,
    io,
    owner,

    /**
     * Says goodbye, stores what is waiting, acknowledges it, and closes; takes a few seconds with many readers. For
     * `linger` milliseconds first it serves on as not ready, so that who asks `/readyz` sends nobody here any more.
     */
    async close(linger = 0): Promise<void> {
      isStopping = true
      announceRestart(sockets.namespace)
      await pause(linger)
      longPoll.end()
      await roomLog.flush()
      await visitors.noteWhoIsHere()
      await closeInSteps(sockets.namespace)
      const closed = io.close()
      server.closeIdleConnections()
      clock.after(CLOSING_MAX, () => server.closeAllConnections())
      await closed
    },
  }
}

function unknownPath(): never {
  throw new Refusal('NOT_FOUND', 'There is nothing at this path.')
}
