import assert from 'node:assert/strict'
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
  const { seen, enter } = follow(socket)
  socket.on('connect', () => void enter())
  // A server that stops closes by its own will, after which Socket.IO leaves coming back to its user.
  socket.on(
    'disconnect',
    (reason) => void (reason === 'io server disconnect' && setTimeout(() => socket.connect(), 500)),
  )
  return { seen, socket, close: () => void socket.disconnect() }
}

/** Reads the lobby with a cursor: a change that begins after it means that something is missing, and is asked for anew. */
function follow(socket: Socket<ServerEvents, ClientEvents>) {
  const seen: string[] = []
  let cursor: number | null = null
  const enter = () =>
    new Promise<void>((resolve) => {
      socket.emit('room:enter', { room: 'lobby', after: cursor }, (ack: Ack<Change>) => {
        if (ack.ok) apply(ack.data)
        resolve()
      })
    })
  function apply({ from, to, messages }: Change): void {
    if (cursor !== null && from > cursor) return void enter()
    seen.push(...messages.filter(({ rev }) => rev > (cursor ?? -1)).map(({ text }) => text))
    cursor = Math.max(cursor ?? 0, to)
  }
  socket.on('room:changed', (change) => cursor !== null && apply(change))
  return { seen, enter }
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

/** What somebody said, when, and how many milliseconds passed until others had it. */
export type Said = { text: string; at: number; took: number }

/** Somebody who talks, and what they have seen. */
export type Talker = {
  name: string
  said: Said[]
  seen: () => string[] | Promise<string[]>
  say: (text: string) => Promise<void>
  close: () => void
}

/** Somebody with Socket.IO's client and what its documentation recommends: a token, a cursor, and ids that are sent again. */
export async function talker(url: string, nick: string, pollsFirst: boolean): Promise<Talker> {
  let token: string | null = null
  const said: Talker['said'] = []
  const socket: Socket<ServerEvents, ClientEvents> = io(`${url}/chat`, {
    transports: pollsFirst ? ['polling', 'websocket'] : ['websocket'],
    auth: (give) => give(token === null ? { nick } : { token }),
    forceNew: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 1_000,
  })
  const { seen, enter } = follow(socket)
  const isIn = new Promise<void>((resolve) => {
    socket.on('welcome', (welcome) => {
      token = welcome.token ?? token
      void enter().then(resolve)
    })
  })
  await isIn
  return {
    name: nick,
    said,
    seen: () => seen,
    async say(text) {
      const [id, began] = [randomUUID(), performance.now()]
      await eventually(async () => {
        const answer = await socket.timeout(1_000).emitWithAck('message:send', { room: 'lobby', id, text })
        assert.ok(answer.ok, JSON.stringify(answer))
      })
      said.push({ text, at: began, took: performance.now() - began })
    },
    close: () => void socket.disconnect(),
  }
}
