import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { type Failure, PlainFrame, type Ack, statusOfCode } from '../../../contract/index.ts'

/** The transport's name, besides Engine.IO's own `websocket` and `polling`. */
export const PLAIN = 'plain-websocket'

/** Socket.IO's packets (its protocol, version 5), each followed by the namespace and a comma. */
const PACKET = { connected: '0', disconnect: '1', event: '2', ack: '3', refused: '4' } as const
/** Event names that Socket.IO's parser treats as an attack; a space before them makes them merely unknown. */
const reserved = /^(connect|connect_error|disconnect|disconnecting|newListener|removeListener)$/

/** The close code that asks a client to reconnect, "Service Restart" (IANA's WebSocket Close Code Number Registry). */
const COME_BACK = 1012

/** The close code and reason after each final notice (RFC 6455 §7.4). */
const closeReasons: Record<string, [code: number, reason: string]> = {
  BANNED: [closeCodeOf('BANNED'), 'BANNED'],
  SLOW_DOWN: [closeCodeOf('RATE_LIMITED'), 'RATE_LIMITED'],
  RESTARTING: [COME_BACK, 'RESTARTING'],
}

/**
 * Wraps a plain WebSocket as an Engine.IO connection, so that Socket.IO's server, and with it every rule of the chat,
 * treats it like its own. It translates only the framing, both ways, without parsing the data.
 */
export function createPlainConnection(ws: WebSocket, request: IncomingMessage) {
  /** The client's own id of each acknowledgement that it expects. */
  const acks = new Map<number, string | number>()
  let lastAck = 0
  let closeReason: [code: number, reason: string] | undefined

  const connection = Object.assign(new EventEmitter(), {
    id: randomUUID(),
    protocol: 4,
    request,
    remoteAddress: request.socket.remoteAddress,
    readyState: 'open',
    writeBuffer: [],
    transport: { name: PLAIN, writable: true, socket: ws },
    /** Restarts the pong timeout; set by the code that pings. */
    resetPingTimeout(): void {},

    /** Sends a packet of Socket.IO to the client. */
    write(packet: string): void {
      const [type] = packet
      const body = packet.slice(packet.indexOf(',') + 1)
      if (type === PACKET.connected) ws.resume()
      else if (type === PACKET.event) sendEvent(body)
      else if (type === PACKET.ack) sendAck(body)
      else if (type === PACKET.disconnect) closeReason ??= [1000, '']
      else if (type === PACKET.refused) refuse((JSON.parse(body) as { data?: Failure }).data)
    },

    /** Closes the WebSocket. Unless the client was refused, sent away or disconnected, it may come back. */
    close(isLost = false, reason = ''): void {
      if (connection.readyState !== 'open') return
      connection.readyState = 'closing'
      // The socket is paused until it is admitted; a paused socket would not receive the client's close frame.
      ws.resume()
      if (isLost) ws.terminate()
      else ws.close(...(closeReason ?? [COME_BACK, reason]))
    },
  })

  /** `["name",data]` → `{"event":"name","data":data}` */
  function sendEvent(body: string): void {
    const end = body.indexOf('"', 2)
    const name = body.slice(2, end)
    if (name === 'notice') {
      const [, { code }] = JSON.parse(body) as [string, { code: string }]
      closeReason = closeReasons[code] ?? closeReason
    }
    ws.send(eventFrame(name, body.slice(end + 2, -1)))
  }

  /** `7[answer]` → `{"ack":…,"data":answer}` */
  function sendAck(body: string): void {
    const start = body.indexOf('[')
    const id = Number(body.slice(0, start))
    const name = acks.get(id)
    acks.delete(id)
    ws.send(`{"ack":${JSON.stringify(name)},"data":${body.slice(start + 1, -1)}}`)
  }

  /** Passes a packet from the client to Socket.IO. */
  const receive = (packet: string): boolean => connection.emit('packet', { type: 'message', data: packet })

  function refuse({ code }: Failure = { code: 'FORBIDDEN', message: '' }): void {
    closeReason = [closeCodeOf(code), code]
    connection.close()
  }

  ws.on('message', (data: Buffer, isBinary) => {
    if (connection.readyState !== 'open') return
    const frame = PlainFrame.safeParse(isBinary ? undefined : parsed(data.toString()))
    if (!frame.success) {
      connection.emit('packet', { type: 'error' })
      return ws.send(notAFrame)
    }
    const { event, data: input = null, ack } = frame.data
    if (ack !== undefined) acks.set(++lastAck, ack)
    const name = reserved.test(event) ? ` ${event}` : event
    const id = ack === undefined ? '' : lastAck
    receive(`${PACKET.event}/chat,${id}${JSON.stringify([name, input])}`)
  })
  ws.on('close', () => {
    connection.readyState = 'closed'
    connection.emit('close', 'transport close')
  })

  return connection
}

export type PlainConnection = ReturnType<typeof createPlainConnection>

/**
 * Returns the close code of a refusal, in the range for applications: 4000 plus the HTTP status that REST would
 * answer.
 */
export function closeCodeOf(code: Failure['code']): number {
  return 4_000 + statusOfCode[code]
}

export const eventFrame = (event: string, json: string): string => `{"event":"${event}","data":${json}}`

const notAFrame = JSON.stringify({
  ack: null,
  data: {
    ok: false,
    error: { code: 'INVALID', message: 'Send text frames of {"event","data","ack"} in JSON.' },
  } satisfies Ack<never>,
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
