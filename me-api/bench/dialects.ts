/** A frame's content: messages with their positions in the log, and the reader's cursor after it. */
export type Delivery = {
  /** The position at which the frame continues; a reader below it has missed something. */
  from: number
  to: number
  texts: string[]
  positions: number[]
}

/** The writer's identity; a reader has none. The token comes with the welcome and is kept. */
type Self = { nick: string; tab: string; token?: string }

/** The protocol of one kind of server; frames are raw WebSocket text. */
export type Dialect = {
  path: string
  /** The first frame, sent as soon as the server accepts one. */
  hello(self: Self | null, cursor: number): string | null
  /** Sent after the server's welcome, if a client has to subscribe to receive messages. */
  enter(cursor: number): string | null
  /** Parses the welcome; null for other frames. */
  welcomeOf(frame: string): { token?: string } | null
  /** Whether the client is subscribed from this frame on. */
  isLive(frame: string): boolean
  send(text: string, id: string, ack: number): string
  /** The number of an acknowledgement; null for other frames. */
  ackOf(frame: string): number | null
  read(frame: string): Delivery | null
}

export type DialectName = 'house' | 'tutorial' | 'ws'

/** The number under which `room:enter` is acknowledged; messages count from 1. */
const ENTER = 0

type Change = { from: number; to: number; messages: { rev: number; text: string }[] }

/** docs/contract.md §5: Socket.IO in the namespace /chat. */
const house: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: (self) => `40/chat,${JSON.stringify(self ?? {})}`,
  enter: (cursor) => `42/chat,${ENTER}["room:enter",{"room":"lobby","after":${cursor}}]`,
  welcomeOf: (frame) =>
    frame.startsWith('42/chat,["welcome"')
      ? (JSON.parse(frame.slice(8)) as [string, { token: string }])[1]
      : null,
  isLive: (frame) => frame.startsWith(`43/chat,${ENTER}[`),
  send: (text, id, ack) => `42/chat,${ack}${JSON.stringify(['message:send', { room: 'lobby', id, text }])}`,
  ackOf(frame) {
    if (!frame.startsWith('43/chat,') || frame.startsWith(`43/chat,${ENTER}[`)) return null
    if (!frame.includes('[{"ok":true')) throw new Error(frame)
    return Number.parseInt(frame.slice(8))
  },
  read(frame) {
    if (frame.startsWith('42/chat,["room:changed"')) {
      return deliveryOf((JSON.parse(frame.slice(8)) as [string, Change])[1])
    }
    if (!this.isLive(frame)) return null
    const [answer] = JSON.parse(frame.slice(9)) as [{ ok: true; data: Change } | { ok: false }]
    if (!answer.ok) throw new Error(frame)
    return deliveryOf(answer.data)
  },
}

const deliveryOf = ({ from, to, messages }: Change): Delivery => ({
  from,
  to,
  texts: messages.map(({ text }) => text),
  positions: messages.map(({ rev }) => rev),
})

/** The tutorial's chat: Socket.IO in the root namespace, the offset in the handshake. */
const tutorial: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: (_self, cursor) => `40${JSON.stringify({ serverOffset: cursor })}`,
  enter: () => null,
  welcomeOf: (frame) => (frame.startsWith('40') ? {} : null),
  isLive: (frame) => frame.startsWith('40'),
  send: (text, id, ack) => `42${ack}${JSON.stringify(['chat message', text, id])}`,
  ackOf: (frame) => (frame.startsWith('43') ? Number.parseInt(frame.slice(2)) : null),
  read(frame) {
    if (!frame.startsWith('42["chat message"')) return null
    const [, text, offset] = JSON.parse(frame.slice(2)) as [string, string, number]
    return { from: offset - 1, to: offset, texts: [text], positions: [offset] }
  },
}

/** A WebSocket and nothing else: a frame is a message. */
const ws: Dialect = {
  path: '/',
  hello: () => null,
  enter: () => null,
  welcomeOf: () => null,
  isLive: () => false,
  send: (text) => text,
  ackOf: () => null,
  read: (frame) => ({ from: 0, to: 0, texts: [frame], positions: [Infinity] }),
}

export const dialects: Record<DialectName, Dialect> = { house, tutorial, ws }
