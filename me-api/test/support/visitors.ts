import { randomUUID } from 'node:crypto'
import { expect } from '@jest/globals'
import { type Socket, io } from 'socket.io-client'
import type {
  Ack,
  Change,
  ClientEvents,
  Failure,
  Identity,
  Message,
  Notice,
  PresenceChange,
  ServerEvents,
  Welcome,
} from '../../src/contract/index.ts'
import { expectDocumentedAnswer, expectDocumentedEvent } from './documented.ts'
import { type TestApp, closeAfterTest } from './start-app.ts'

type ChatSocket = Socket<ServerEvents, ClientEvents>
type Auth = { nick?: string; token?: string; tab?: string; proof?: string; reader?: boolean }
type Options = {
  namespace?: string
  auth?: Auth
  headers?: Record<string, string>
  transports?: ('websocket' | 'polling')[]
}

/** Opens a connection to the chat, which may be refused or ended. */
export function open(
  { url }: { url: string },
  { namespace = '/chat', auth = {}, headers = {}, transports = ['websocket'] }: Options,
): ChatSocket {
  const socket: ChatSocket = io(url + namespace, {
    auth,
    extraHeaders: headers,
    transports,
    forceNew: true,
    reconnection: false,
  })
  closeAfterTest(async () => void socket.disconnect())
  return socket
}

/** Connects to the chat as a browser would, and resolves once welcomed. */
export async function connect(app: { url: string }, options: Options = {}) {
  const socket = open(app, options)
  const changes: Change[] = []
  const presence: PresenceChange[] = []
  const notices: Notice[] = []
  const heard: [event: string, data: unknown][] = []
  socket.onAny((event: string, data: unknown) => heard.push([event, data]))
  closeAfterTest(async () => heard.forEach(([event, data]) => expectDocumentedEvent(event, data)))
  socket.on('room:changed', (change) => changes.push(change))
  socket.on('presence:changed', (change) => presence.push(change))
  socket.on('notice', (notice) => notices.push(notice))
  const welcome = await new Promise<Welcome>((resolve, reject) => {
    socket.once('welcome', resolve)
    socket.once('connect_error', reject)
  })

  /** Any event with any data, as a careless client would send it. */
  async function emit(event: string, ...data: unknown[]): Promise<Ack<unknown>> {
    const patient = socket.timeout(15_000) as unknown as {
      emitWithAck: (...args: unknown[]) => Promise<Ack<unknown>>
    }
    const answer = await patient.emitWithAck(event, ...data)
    expectDocumentedAnswer(event, answer)
    return answer
  }

  async function ask<Data = Message>(event: string, data: unknown): Promise<Data> {
    const answer = (await emit(event, data)) as Ack<Data>
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), { failure: answer.error })
    return answer.data
  }

  return {
    socket,
    welcome,
    changes,
    presence,
    notices,
    emit,
    ask,
    enter: (after: number | null = null, room = 'lobby') => ask<Change>('room:enter', { room, after }),
    leave: (room = 'lobby') => ask<null>('room:leave', { room }),
    send: (draft: object | string) =>
      ask<Message>('message:send', {
        room: 'lobby',
        id: randomUUID(),
        ...(typeof draft === 'string' ? { text: draft } : draft),
      }),
    setNick: (nick: string) => ask<Identity>('nick:set', { nick }),
    /** The messages that have come by `room:changed`, in the order they came. */
    seen: () => changes.flatMap(({ messages }) => messages),
    disconnected: () => new Promise<string>((resolve) => socket.once('disconnect', resolve)),
  }
}

export type Visitor = Awaited<ReturnType<typeof connect>>

export const visitor = (app: { url: string }, nick: string, tab?: string): Promise<Visitor> =>
  connect(app, { auth: { nick, ...(tab && { tab }) } })

/** Why a connection is refused. */
export async function refusedConnection(app: { url: string }, options: Options): Promise<Failure> {
  const socket = open(app, options)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => reject(new Error('it was let in')))
    socket.once('connect_error', (error) => resolve((error as Error & { data: Failure }).data))
  })
}

/** Resolves once the transport of a connection closes that is not let in. */
export async function closedConnection(app: { url: string }, options: Options = {}): Promise<void> {
  const socket = open(app, options)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => reject(new Error('it was let in')))
    socket.once('connect_error', reject)
    socket.io.once('close', () => resolve())
  })
}

/** Has a visitor leave, and waits until the server has seen it. */
export async function leave({ app }: TestApp, one: Visitor): Promise<void> {
  const { id = '' } = one.socket
  one.socket.disconnect()
  await eventually(() => expect(app.io.of('/chat').sockets.has(id)).toBe(false))
}

/** Resolves as soon as `check` passes; what it throws is thrown if it never does. */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  patience = 15_000,
): Promise<Result> {
  const end = Date.now() + patience
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
