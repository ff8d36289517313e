/** What a lane has cost so far. Bytes are those of bodies and frames, without the heads of requests and answers. */
export type Meter = {
  /** HTTP requests, the handshakes of WebSockets included. */
  requests: number
  /** WebSockets and streams that were opened; a lane of requests has none of its own. */
  connections: number
  up: number
  down: number
}

export const emptyMeter = (): Meter => ({ requests: 0, connections: 0, up: 0, down: 0 })

/** Bytes of the head of an answer, as Resource Timing counts them whatever they are (its `transferSize`, §4.3). */
export const ANSWER_HEAD = 300

const encoder = new TextEncoder()
/** Bytes of a text in UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length

/**
 * Bytes of a WebSocket's text frame with its header: two, two more from 126 bytes on, eight more from 65,536 on, and
 * four for the mask of what a browser sends (RFC 6455 §5.2).
 */
export function frameBytes(text: string, sender: 'browser' | 'server'): number {
  const payload = bytesOf(text)
  const length = payload < 126 ? 2 : payload < 65_536 ? 4 : 10
  return length + (sender === 'browser' ? 4 : 0) + payload
}

type StreamEvent = { type: string; lastEventId: string; data: string }

/** Bytes of an event of the room's stream (me-api/src/chat/transports/sse.ts). */
export const eventBytes = ({ type, lastEventId, data }: StreamEvent): number =>
  bytesOf(`event: ${type}\nid: ${lastEventId}\ndata: ${data}\n\n`)

type Sizes = { transferSize: number; encodedBodySize: number }

/**
 * Bytes of an answer's body on their way. `encodedBodySize` is that of the cached body where the server answered 304,
 * and then `transferSize` is a head's alone.
 */
export const wireBody = ({ transferSize, encodedBodySize }: Sizes): number =>
  transferSize > ANSWER_HEAD ? encodedBodySize : 0

/** Bytes of heads, up and down: an estimate, by one request's head and what Resource Timing takes an answer's to be. */
export const headsOf = (requests: number, requestHead: number) => ({
  up: requests * requestHead,
  down: requests * ANSWER_HEAD,
})

/** A text packet of Engine.IO, its type as one digit before the data (its protocol, version 4). */
const packetTypes = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop']
export type EnginePacket = { type: string; data?: unknown }
export const packetText = ({ type, data }: EnginePacket): string =>
  `${packetTypes.indexOf(type)}${typeof data === 'string' ? data : ''}`

/** Packets that go up in one request's body are separated by a byte (Engine.IO's protocol, "Payload encoding"). */
export const payloadBytes = (packets: string[]): number =>
  packets.reduce((sum, packet) => sum + bytesOf(packet), Math.max(0, packets.length - 1))
