import type { Logger } from 'pino'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Owner } from '../../accounts/owner.ts'
import type { Clock } from '../../clock.ts'
import type { Person } from '../../contract/index.ts'
import type { Config } from '../../config.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { Origins } from '../../http/origins.ts'
import type { SiteHost } from '../../http/site-host.ts'
import type { Upgrades } from '../../http/upgrades.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Bots } from '../bots/bots.ts'
import type { StartedIdentity } from '../identity/start-identity.ts'
import type { StartedLog } from '../log/start-log.ts'
import type { MessageRules } from '../messages/messages.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import type { Conversations } from '../conversations/conversations.ts'
import type { Metrics } from '../metrics/chat-metrics.ts'
import type { StartedModeration } from '../moderation/start-moderation.ts'
import type { Away } from '../presence/away.ts'
import type { PresenceList } from '../presence/presence.ts'
import type { Typing } from '../presence/typing.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import { createConnectionLimit } from '../rate-limits/connection-limit.ts'
import { createWriteRates } from '../rate-limits/new-identities.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Signals } from '../signals.ts'
import { changesRoutes } from './changes.routes.ts'
import { createLongPoll } from './long-poll.ts'
import type { PrivateReaders } from '../conversations/private-readers.ts'
import { countConnections } from './socketio/connection-gauge.ts'
import { createConnectionLifecycle } from './socketio/connection-lifecycle.ts'
import { createEndBanned } from './socketio/end-banned.ts'
import { createEndStaleBots } from './socketio/end-stale-bots.ts'
import { createEvents } from './socketio/events.ts'
import { sendChange } from './socketio/fan-out.ts'
import { announceRestart, closeInSteps } from './socketio/graceful-close.ts'
import { createInboundPackets } from './socketio/inbound-packets.ts'
import { createRefusals } from './socketio/refusals.ts'
import { watchSessions } from './socketio/session-expiry.ts'
import { dropSlowConsumers } from './socketio/slow-consumers.ts'
import { readersOf, sessionRoom } from './socketio/socket-rooms.ts'
import type { ChatNamespace } from './socketio/socket-types.ts'
import { serveSocketio } from './socketio/socketio.ts'
import { startEngine } from './socketio/start-engine.ts'
import { tellConversations } from './socketio/tell-conversations.ts'
import { tellConnections } from './socketio/tell-connections.ts'
import { createStreams } from './sse.ts'
import { servePlainWebSockets } from './websocket/websocket.ts'

export type Parts = {
  config: Config
  clock: Clock
  interchange: Interchange
  log: Logger
  logFault: LogFault
  upgrades: Upgrades
  siteHost: SiteHost
  origins: Origins
  addressOf: AddressOf
  accounts: Accounts
  owner: Pick<Owner, 'seen'>
  signals: Signals
  limits: ChatLimits
  metrics: Metrics
  started: StartedLog
  bots: Bots
  identity: StartedIdentity
  moderation: StartedModeration
  rooms: Rooms
  rules: MessageRules
  reads: MessageReads
  presence: PresenceList
  away: Away
  conversations: Conversations
  typing: Typing
  privateReaders: PrivateReaders
}

/** Assembles the transports: Socket.IO, a plain WebSocket, Server-Sent Events, long polling and polling. */
export function startTransports(parts: Parts) {
  const { config, clock, interchange, log, upgrades, siteHost, origins, addressOf, accounts } = parts
  const { signals, metrics, started, rooms, reads, privateReaders } = parts
  const onFault = (error: unknown) => log.error({ err: error }, 'a connection could not be served')
  const connections = createConnectionLimit({ limit: config.LIMIT_CONNECTIONS, log, clock, interchange })
  const { io, poll } = startEngine({
    upgrades,
    siteHost,
    origins,
    mayOpen: (req) => connections.mayOpen(addressOf(req)),
    onFault,
  })
  const namespace: ChatNamespace = io.of('/chat')
  const inbound = createInboundPackets({
    io,
    limit: config.LIMIT_EVENTS,
    limitRefused: config.LIMIT_ADDRESS_MESSAGES,
    clock,
    log,
    metrics,
  })
  serveChat(parts, { io, namespace, inbound, connections })
  const plainWebSockets = servePlainWebSockets({ upgrades, io, origins, clock })

  const { listen } = started
  const longPoll = createLongPoll({ listen, signals, privateReaders, connections, addressOf })
  const { mayRead } = rooms
  const streams = createStreams({
    reads,
    mayRead,
    listen,
    signals,
    privateReaders,
    connections,
    addressOf,
    clock,
  })

  started.bus.subscribe(metrics.ofFanOut((change) => sendChange(namespace, readersOf(change.room), change)))
  dropSlowConsumers(namespace, clock)
  countConnections(metrics.registry, namespace)
  const endStaleBots = createEndStaleBots({ ...parts, namespace, onFault })
  function endSession(id: string): void {
    namespace.in(sessionRoom(id)).disconnectSockets(true)
    privateReaders.sessionEnded(id)
  }
  accounts.onSessionEnded((id) => {
    endSession(id)
    interchange.send('sessionEnded', id)
  })
  interchange.on('sessionEnded', endSession)
  watchSessions({ namespace, accounts, clock, end: endSession })

  return {
    io,
    poll,
    routes: [...plainWebSockets.routes, ...changesRoutes({ reads, longPoll, streams })],

    /** Returns whoever is connected to this node over Socket.IO or a plain WebSocket. */
    people: (): Person[] => [...namespace.sockets.values()].flatMap(({ data }) => data.guest.self ?? []),

    endStaleBots,

    forLesson: { io, connections, inbound },

    /** Tells every reader when to reconnect. */
    announceRestart: () => announceRestart(namespace),
    /** Answers the waiting long polls. */
    endLongPolls: longPoll.end,

    async close(): Promise<void> {
      streams.end()
      await closeInSteps(namespace)
    },
  }
}

type Sockets = Pick<Parameters<typeof serveSocketio>[0], 'io' | 'namespace' | 'inbound' | 'connections'>

/** Serves the chat's events over Socket.IO and plain WebSockets. */
function serveChat(parts: Parts, sockets: Sockets): void {
  const { config, log, metrics, identity, owner, addressOf, typing, presence, away, rooms, signals } = parts
  const { moderation, sanctionChecks } = parts.moderation
  const refusalOf = createRefusals({ log, logFault: parts.logFault, metrics })
  const onFault = (error: unknown) => log.error({ err: error }, 'a banned address could not be looked up')
  const lifecycle = createConnectionLifecycle({
    ...sockets,
    interchange: parts.interchange,
    clock: parts.clock,
    signals,
    visitors: identity.visitors,
    presence,
    away,
    typing,
    onOwnerSeen: (id) =>
      void owner
        .seen(id)
        .catch((error) =>
          log.error({ err: error }, 'the time at which the owner was last seen could not be stored'),
        ),
  })
  const endBanned = createEndBanned(sanctionChecks)
  const conversationsTold = tellConversations({
    ...parts,
    ...sockets,
    bus: parts.started.bus,
    mayRead: rooms.mayRead,
    onFault: (error) => log.error({ err: error }, 'a private conversation could not be told'),
  })
  const answer = createEvents({
    ...parts,
    ...sockets,
    conversationsTold,
    guests: identity.guests,
    moderation,
    lifecycle,
    refusalOf,
  })
  serveSocketio({
    ...sockets,
    rooms,
    presence,
    away,
    signals,
    moderation,
    guests: identity.guests,
    callers: identity.callers,
    addressOf,
    ownHostOf: parts.siteHost.ownHostOf,
    lifecycle,
    endBanned,
    ended: identity.ended,
    rateOf: createWriteRates({
      newcomers: identity.newcomers,
      usual: config.LIMIT_MESSAGES,
      bots: config.LIMIT_BOTS,
    }),
    answer,
    refusalOf,
  })
  tellConnections({ ...parts, ...sockets, endBanned, lifecycle, onFault })
}
