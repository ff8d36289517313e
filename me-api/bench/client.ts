import { randomUUID } from 'node:crypto'
import { type Delivery, type DialectName, dialects } from './dialects.ts'
import { type Wire, openWire } from './wire.ts'

/** Milliseconds between reconnects: the first and the longest, half of each random, like the site's. */
const DELAY = [1_000, 5_000] as const

/** Engine.IO's packet types: https://socket.io/docs/v4/engine-io-protocol/ */
const OPEN = 0x30
const PING = 0x32

type Options = {
  url: string
  dialect: DialectName
  nick: string | null
  /** Reconnects after a disconnect, and resumes at its cursor. */
  keepsUp: boolean
  onDelivery(delivery: Delivery, cursor: number): void
  onAck(ack: number): void
  onLive(): void
  /** Parses a frame that all readers receive once for all of them. */
  shared: SharedFrames
}

export type Client = ReturnType<typeof createClient>

/**
 * A minimal reader, so that thousands fit on the machine beside the server. It speaks Engine.IO and Socket.IO over a
 * bare WebSocket, keeps a cursor and, if configured, reconnects like the site.
 */
export function createClient({
  url,
  dialect: name,
  nick,
  keepsUp,
  onDelivery,
  onAck,
  onLive,
  shared,
}: Options) {
  const dialect = dialects[name]
  const self = nick === null ? null : { nick, tab: randomUUID() }
  let wire: Wire
  let cursor = 0
  let framesSeen = 0
  let isLive = false
  let isClosing = false
  let attempts = 0

  function connect(): void {
    wire = openWire({
      url: url + dialect.path,
      onOpen: name === 'ws' ? live : () => {},
      onFrame: name === 'ws' ? take : receive,
      onClose: lost,
    })
  }

  function receive(data: Buffer): void {
    if (data[0] === PING) return wire.send('3')
    if (data[0] === OPEN) return say(dialect.hello(self, cursor))
    if (isLive && take(data)) return
    const frame = data.toString()
    const ack = dialect.ackOf(frame)
    if (ack !== null) return onAck(ack)
    const welcome = dialect.welcomeOf(frame)
    if (welcome) {
      if (self && welcome.token) Object.assign(self, { token: welcome.token })
      say(dialect.enter(cursor))
    }
    const delivery = dialect.read(frame)
    if (delivery) deliver(delivery)
    if (dialect.isLive(frame)) live()
  }

  /** Returns true if the frame is one that every reader receives. */
  function take(data: Buffer): boolean {
    const delivery = shared.find(framesSeen, data, dialect.read.bind(dialect))
    if (!delivery) return false
    framesSeen = delivery.index + 1
    deliver(delivery)
    return true
  }

  function deliver(delivery: Delivery): void {
    if (delivery.from > cursor) return say(dialect.enter(cursor))
    onDelivery(delivery, cursor)
    cursor = Math.max(cursor, delivery.to)
  }

  function live(): void {
    if (isLive) return
    isLive = true
    attempts = 0
    onLive()
  }

  function lost(): void {
    isLive = false
    if (isClosing || !keepsUp) return
    const wait = Math.min(DELAY[1], DELAY[0] * 2 ** attempts++) * (0.5 + Math.random() / 2)
    setTimeout(connect, wait)
  }

  const say = (frame: string | null) => {
    if (frame !== null) wire.send(frame)
  }

  connect()
  return {
    isLive: () => isLive,
    cursor: () => cursor,
    send: (text: string, id: string, ack: number) => say(dialect.send(text, id, ack)),
    close(): void {
      isClosing = true
      wire.close()
    },
  }
}

type SharedFrame = Delivery & { index: number; bytes: Buffer }

/** Shared frames compared ahead of a reader's position before a frame counts as the reader's own. */
const LOOK_AHEAD = 4

/**
 * Frames to everybody reach each reader in the same order. The first reader's frame is parsed and those of the others
 * are compared with it, which makes it affordable to check every message of every reader.
 */
export function createSharedFrames() {
  const frames: SharedFrame[] = []

  return {
    find(from: number, bytes: Buffer, read: (frame: string) => Delivery | null): SharedFrame | null {
      for (let index = from; index < Math.min(from + LOOK_AHEAD, frames.length); index++) {
        const frame = frames[index]!
        if (frame.bytes.length === bytes.length && frame.bytes.equals(bytes)) return frame
      }
      const delivery = read(bytes.toString())
      if (!delivery) return null
      const frame = { ...delivery, index: frames.length, bytes: Buffer.from(bytes) }
      frames.push(frame)
      return frame
    },
  }
}

type SharedFrames = ReturnType<typeof createSharedFrames>
