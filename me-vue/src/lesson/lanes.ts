import { LESSON_ROOM } from 'me-api/contract/limits'
import type { io as client } from 'socket.io-client'
import type { LaneKind } from './create-lane.ts'
import { meterEventSource, meterFetch, meterSocketIo, meterWebSocket } from './metered.ts'
import { readByLongPolling } from './readers/long-polling.ts'
import { readByPlainSocketIo } from './readers/plain-socket-io.ts'
import { readByPolling } from './readers/polling.ts'
import { readBySocketIo } from './readers/socket-io.ts'
import { readBySse } from './readers/sse.ts'
import { readByWebSocket } from './readers/websocket.ts'

/** Whether a request for changes of the room waits for them. */
const asksForChanges = ({ pathname, searchParams }: URL, waits: boolean): boolean =>
  pathname === `/api/chat/rooms/${LESSON_ROOM}/changes` &&
  searchParams.has('after') &&
  searchParams.has('wait') === waits

const ofSocketIo =
  (name: string) =>
  ({ searchParams }: URL) =>
    searchParams.get('lane') === name

const source = (load: () => Promise<{ default: string }>) => () => load().then((file) => file.default)

/** The six lanes in their order; `io` returns Socket.IO's client, once a reader is made. */
export const laneKinds = (io: () => typeof client): LaneKind[] => [
  {
    name: 'socketio',
    read: (tools) =>
      readBySocketIo({ ...tools, io: meterSocketIo(io(), 'socketio', tools.meter, tools.tellEngine) }),
    owns: ofSocketIo('socketio'),
    isCounted: false,
    sharesConnections: false,
    forgets: false,
    holds: 'fallback',
    code: source(() => import('./readers/socket-io.ts?raw')),
  },
  {
    name: 'websocket',
    read: (tools) => readByWebSocket({ ...tools, WebSocket: meterWebSocket(tools.meter) }),
    owns: () => false,
    isCounted: true,
    sharesConnections: false,
    forgets: false,
    holds: 'never',
    code: source(() => import('./readers/websocket.ts?raw')),
  },
  {
    name: 'sse',
    read: (tools) => readBySse({ ...tools, EventSource: meterEventSource(tools.meter) }),
    owns: () => false,
    isCounted: true,
    sharesConnections: false,
    forgets: false,
    holds: 'always',
    code: source(() => import('./readers/sse.ts?raw')),
  },
  {
    name: 'longPolling',
    read: (tools) => readByLongPolling({ ...tools, fetch: meterFetch(tools.meter) }),
    owns: (address) => asksForChanges(address, true),
    isCounted: true,
    sharesConnections: true,
    forgets: false,
    holds: 'always',
    code: source(() => import('./readers/long-polling.ts?raw')),
  },
  {
    name: 'polling',
    read: (tools) => readByPolling({ ...tools, fetch: meterFetch(tools.meter) }),
    owns: (address) => asksForChanges(address, false),
    isCounted: true,
    sharesConnections: true,
    forgets: false,
    holds: 'never',
    code: source(() => import('./readers/polling.ts?raw')),
  },
  {
    name: 'plain',
    read: (tools) =>
      readByPlainSocketIo({ ...tools, io: meterSocketIo(io(), 'plain', tools.meter, tools.tellEngine) }),
    owns: ofSocketIo('plain'),
    isCounted: false,
    sharesConnections: false,
    forgets: true,
    holds: 'fallback',
    code: source(() => import('./readers/plain-socket-io.ts?raw')),
  },
]
