import { WebSocket } from 'ws'
import { createBudget } from './budget.ts'
import { type Flood, type Tools, addressOf } from './flood.ts'
import { codeIn } from './answer-code.ts'

/** Milliseconds before a disconnected client reconnects. */
const RECONNECT_AFTER = 50
/** The most events of one flood, over all of its connections. */
const EVENTS_MAX = 300_000

type EventLoad = { connections: number; events: number; after: number | null }

/** Floods of events without a pause, far more than one connection may send. */
export const eventFloods: Flood[] = [
  {
    name: 'enter',
    description: '30,000 `room:enter` on one plain WebSocket that reconnects',
    start: (tools) => plain(tools, { connections: 1, events: 30_000, after: null }),
  },
  {
    name: 'enter-20',
    description: '20 plain WebSockets of 3,000 `room:enter` each that reconnect',
    start: (tools) => plain(tools, { connections: 20, events: 3_000, after: null }),
  },
  {
    name: 'catch-up-20',
    description: '20 plain WebSockets that catch up from the beginning and reconnect',
    start: (tools) => plain(tools, { connections: 20, events: 3_000, after: 0 }),
  },
  {
    name: 'socket-io-20',
    description: '20 Socket.IO connections of 3,000 `room:enter` each that reconnect',
    start: (tools) => socketIo(tools, { connections: 20, events: 3_000, after: null }),
  },
]

function plain(tools: Tools, { connections, events, after }: EventLoad): void {
  const frame = JSON.stringify({ event: 'room:enter', data: { room: 'lobby', after }, ack: 1 })
  const flood = createConnections(tools, '/api/chat/socket', (socket, send) => {
    socket.on('open', () => send(frame, events))
  })
  for (let n = 0; n < connections; n += 1) flood.open()
}

function socketIo(tools: Tools, { connections, events, after }: EventLoad): void {
  const frame = `42/chat,1${JSON.stringify(['room:enter', { room: 'lobby', after }])}`
  const flood = createConnections(tools, '/socket.io/?EIO=4&transport=websocket', (socket, send) => {
    socket.on('open', () => socket.send('40/chat,{"reader":true}'))
    socket.on('message', (data: Buffer) => {
      if (data.includes('["welcome"')) send(frame, events)
      if (data.toString('latin1', 0, 2) === '2') socket.send('3')
    })
  })
  for (let n = 0; n < connections; n += 1) flood.open()
}

/** Keeps connections of one address open, and reopens each when it ends. */
function createConnections(
  { url, countAnswer }: Tools,
  path: string,
  use: (socket: WebSocket, send: (frame: string, times: number) => void) => void,
) {
  const budget = createBudget(EVENTS_MAX)

  function open(): void {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { localAddress: addressOf(0) })
    socket.on('error', () => countAnswer('error'))
    socket.on('message', (data: Buffer) => {
      const code = codeIn(data)
      if (code) countAnswer(code)
    })
    socket.on('close', (code: number) => {
      countAnswer(`closed ${code}`)
      setTimeout(open, RECONNECT_AFTER)
    })
    use(socket, (frame, times) => {
      for (let n = budget.take(times); n > 0; n -= 1) socket.send(frame)
    })
  }

  return { open }
}
