import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { type Socket, io } from 'socket.io-client'
import type {
  Ack,
  Change,
  ClientEvents,
  Identity,
  Message,
  ServerEvents,
} from '../../me-api/src/contract/index.ts'

export async function json<Data>(url: string, init?: RequestInit): Promise<Data> {
  const response = await fetch(url, init)
  const body = (await response.json()) as { data: Data }
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(body)}`)
  return body.data
}

const post = (body: object, token?: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  body: JSON.stringify(body),
})

/** An identity for a script. */
export const join = (url: string, nick: string) => json<Identity>(`${url}/api/chat/visitors`, post({ nick }))

export const say = (url: string, { token }: Identity, text: string) =>
  json<Message>(`${url}/api/chat/rooms/lobby/messages`, post({ id: randomUUID(), text }, token ?? ''))

export async function texts(url: string): Promise<string[]> {
  const path = '/api/chat/rooms/lobby/messages?limit=200'
  const { messages } = await json<{ messages: Message[] }>(url + path)
  return messages.map(({ text }) => text)
}

/** Somebody who reads with a cursor, and comes back by themselves after any disconnect, as the site does. */
export function reader(url: string, transport: 'websocket' | 'polling') {
  const socket: Socket<ServerEvents, ClientEvents> = io(`${url}/chat`, {
    transports: [transport],
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
  })
  const seen: string[] = []
  let cursor: number | null = null
  const apply = ({ to, messages }: Change) => {
    seen.push(...messages.filter(({ rev }) => rev > (cursor ?? -1)).map(({ text }) => text))
    cursor = Math.max(cursor ?? 0, to)
  }
  socket.on('room:changed', apply)
  socket.on('connect', () => {
    socket.emit(
      'room:enter',
      { room: 'lobby', after: cursor },
      (ack: Ack<Change>) => ack.ok && apply(ack.data),
    )
  })
  // A server that stops closes by its own will, after which Socket.IO leaves coming back to its user.
  socket.on(
    'disconnect',
    (reason) => void (reason === 'io server disconnect' && setTimeout(() => socket.connect(), 500)),
  )
  return { seen, socket, close: () => void socket.disconnect() }
}

/** Whoever reads until the end of the story. */
export type Readers = { close: () => void }[]

/** Resolves as soon as `check` passes; what it throws is thrown if it never does. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  patience = 20_000,
): Promise<Result> {
  const end = Date.now() + patience
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
