import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Socket, io } from 'socket.io-client'
import type { Ack } from '../../src/contract/index.ts'
import { repeat } from './repeat.ts'
import { type Flood, type Tools, addressOf } from './flood.ts'

/** Newcomers that one address may create in ten minutes, less one or two. */
const VISITORS = 28
/** Connections that one address may keep. */
const CONNECTIONS = 18
/** A message of the maximum length, with three bytes per character. */
const longestText = (): string =>
  Array.from({ length: 3_990 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join(
    '',
  )

/** Floods of writes that everybody receives. */
export const writeFloods: Flood[] = [
  {
    name: 'writers',
    description: `${VISITORS} newcomers of one address who write as fast as they can`,
    start: (tools) => void write(tools),
  },
  {
    name: 'reactions',
    description: `${CONNECTIONS} newcomers who toggle reactions on the longest messages`,
    start: (tools) => void react(tools),
  },
]

async function write({ request, countAnswer }: Tools): Promise<void> {
  const from = addressOf(0)
  const tokens: string[] = []
  for (let n = 0; n < VISITORS; n += 1) {
    const { text } = await request('POST', '/api/chat/visitors', {
      from,
      body: { nick: `writer ${randomUUID().slice(0, 8)}` },
    })
    const { data } = JSON.parse(text) as { data?: { token: string } }
    if (data) tokens.push(data.token)
  }
  countAnswer(`joined ${tokens.length}`)
  repeat({ concurrency: VISITORS, limit: 100_000 }, async (n) => {
    const token = tokens[n % tokens.length] ?? ''
    const body = { text: `noise ${randomUUID()}` }
    countAnswer(
      String((await request('POST', '/api/chat/rooms/lobby/messages', { from, token, body })).status),
    )
  })
}

async function react({ url, countAnswer }: Tools): Promise<void> {
  const sockets: Socket[] = []
  for (let n = 0; n < CONNECTIONS; n += 1) sockets.push(await enter(url))
  countAnswer(`joined ${sockets.length}`)
  const ids: string[] = []
  for (const socket of sockets.slice(0, 9)) {
    const id = randomUUID()
    const ack = await send(socket, 'message:send', { room: 'lobby', id, text: longestText() })
    if (ack.ok) ids.push(id)
  }
  await pause(500)
  repeat({ concurrency: CONNECTIONS, limit: 100_000, every: 100 }, async (n) => {
    const reaction = { id: ids[n % ids.length], emoji: '👍', on: Math.floor(n / ids.length) % 2 === 0 }
    const ack = await send(sockets[n % sockets.length] as Socket, 'message:react', reaction)
    countAnswer(ack.ok ? 'ok' : ack.error.code)
  })
}

const send = (socket: Socket, event: string, data: unknown): Promise<Ack<unknown>> =>
  socket.timeout(10_000).emitWithAck(event, data) as Promise<Ack<unknown>>

async function enter(url: string): Promise<Socket> {
  // Engine.IO passes this option to `ws`, although its types omit it.
  const address = { localAddress: addressOf(0) }
  const auth = { nick: `reactor ${randomUUID().slice(0, 8)}` }
  const socket = io(`${url}/chat`, { auth, transports: ['websocket'], forceNew: true, ...address })
  await new Promise<void>((resolve, reject) => {
    socket.once('welcome', () => resolve())
    socket.once('connect_error', reject)
  })
  return socket
}
