import type { LessonSaid, Message } from '../../src/contract/index.ts'
import { type Socket, io } from 'socket.io-client'
import { api } from './rest.ts'
import { type TestApp, closeAfterTest } from './start-app.ts'

export const LESSON = '~lesson'

type Asked = { count?: number | undefined; from?: string }

/** Asks the server to say something in the lesson; `from` is the address, behind a trusted proxy. */
export function askToSay(app: TestApp, { count, from }: Asked = {}) {
  const request = api(app).post('/api/lesson/say')
  if (from !== undefined) void request.set('x-forwarded-for', from)
  return request.send({ count })
}

/** What the server says when it is asked to. */
export async function said(app: TestApp, count?: number): Promise<Message[]> {
  const { body } = await askToSay(app, { count }).expect(201)
  return (body as { data: LessonSaid }).data.messages
}

/** The messages that are stored in the lesson's room, as REST says. */
export async function stored(app: TestApp): Promise<Message[]> {
  const { body } = await api(app).get(`/api/chat/rooms/${LESSON}/messages?limit=200`).expect(200)
  return (body as { data: { messages: Message[] } }).data.messages
}

type Options = { transports?: string[]; reconnection?: boolean }

/** `socket.io-client` in the namespace of the lesson, and the messages that it got. */
export function foil({ url }: { url: string }, options: Options = {}) {
  const { transports = ['websocket'], reconnection = false } = options
  const socket: Socket = io(`${url}/lesson`, { transports, reconnection, forceNew: true })
  closeAfterTest(async () => void socket.disconnect())
  const messages: Message[] = []
  const errors: unknown[] = []
  socket.on('message', (message: Message) => messages.push(message))
  socket.on('connect_error', (error) => errors.push((error as { data?: unknown }).data))
  return {
    socket,
    messages,
    errors,
    connected: () => new Promise<void>((resolve) => socket.once('connect', () => resolve())),
  }
}

/** The same, once it is connected. */
export async function openFoil(app: { url: string }, options: Options = {}) {
  const opened = foil(app, options)
  await opened.connected()
  return opened
}
