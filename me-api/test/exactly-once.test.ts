import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type Socket, io } from 'socket.io-client'
import type { Ack, Change, ClientEvents, Message, ServerEvents, Welcome } from '../src/contract/index.ts'
import { databaseOf } from './support/database.ts'
import { startServer } from './support/program.ts'
import { startProxy } from './support/proxy.ts'
import { api } from './support/rest.ts'
import { closeAfterTest, temporaryFolder } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

const WRITERS = 20
const MESSAGES_EACH = 15
const KILLS = 4

/** A client as docs/contract.md §4 describes it: one cursor, a held log, and the same id until it is answered. */
function persistentClient(url: string, nick: string) {
  let token: string | null = null
  const socket: Socket<ServerEvents, ClientEvents> = io(`${url}/chat`, {
    auth: (give) => give(token ? { token, tab: nick } : { nick, tab: nick }),
    transports: ['websocket'],
    reconnectionDelay: 20,
    reconnectionDelayMax: 100,
    // A connection that breaks between its opening and Engine.IO's first packet is an attempt that the client
    // only gives up by this time-out.
    timeout: 500,
    forceNew: true,
  })
  closeAfterTest(async () => void socket.disconnect())
  const log = new Map<number, Message>()
  let cursor: number | null = null
  let isEntering = false

  function take({ from, to, messages, reset }: Change): void {
    if (reset) log.clear()
    else if (cursor === null || from > cursor) return void enter()
    for (const message of messages) {
      const held = log.get(message.seq)
      if (!held || held.rev < message.rev) log.set(message.seq, message)
    }
    cursor = reset ? to : Math.max(cursor ?? 0, to)
  }

  async function enter(): Promise<void> {
    if (isEntering) return
    isEntering = true
    try {
      // Beginning at 0 and not at null: this reader wants the whole log.
      const answer = await socket
        .timeout(1_000)
        .emitWithAck('room:enter', { room: 'lobby', after: cursor ?? 0 })
      cursor ??= 0
      if (answer.ok) take(answer.data)
    } catch {
      // The connection broke; the next welcome asks again.
    } finally {
      isEntering = false
    }
  }

  socket.on('welcome', (welcome: Welcome) => {
    token = welcome.token
    void enter()
  })
  socket.on('room:changed', take)
  socket.on('disconnect', (reason) => reason === 'io server disconnect' && socket.connect())
  socket.on('connect_error', () => !socket.active && setTimeout(() => socket.connect(), 50))

  return {
    log,
    /** Sends until it is acknowledged, however often the connection breaks. */
    async send(text: string): Promise<Message> {
      const id = randomUUID()
      for (;;) {
        const answer = await socket
          .timeout(500)
          .emitWithAck('message:send', { room: 'lobby', id, text })
          .catch((): Ack<Message> | null => null)
        if (answer?.ok) return answer.data
        await pause(20)
      }
    },
    catchUp: enter,
    cursor: () => cursor,
  }
}

test('every acknowledged message is stored once and every reader holds the same log, through cut connections and killed servers', async () => {
  const settings = {
    ...(await databaseOf(temporaryFolder())),
    LIMIT_MESSAGES: 'off',
    LIMIT_CONNECTIONS: 'off',
    LIMIT_JOINS: 'off',
  }
  let server = await startServer(settings)
  const proxy = await startProxy(() => server.url)
  const clients = Array.from({ length: WRITERS }, (_, n) => persistentClient(proxy.url, `writer ${n}`))
  const acknowledged: Message[] = []
  let isOver = false

  const writing = Promise.all(
    clients.map(async (client, writer) => {
      for (let n = 0; n < MESSAGES_EACH; n++) {
        acknowledged.push(await client.send(`${writer}: ${n}`))
        await pause(Math.random() * 150)
      }
    }),
  )
  const cutting = (async () => {
    while (!isOver) {
      await pause(30)
      proxy.cutOne()
    }
  })()
  const killing = (async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(400)
      await server.kill('SIGKILL')
      server = await startServer(settings)
    }
  })()
  await killing
  await writing
  isOver = true
  await cutting

  const stored: Message[] = []
  for (let before: number | null = null; before !== 1; before = stored[0]?.seq ?? 1) {
    const query = before === null ? '?limit=200' : `?limit=200&before=${before}`
    const { body } = await api(server as never)
      .get(`/api/chat/rooms/lobby/messages${query}`)
      .expect(200)
    stored.unshift(...body.data.messages)
  }
  expect(stored.map(({ seq }) => seq)).toEqual(
    Array.from({ length: WRITERS * MESSAGES_EACH }, (_, n) => n + 1),
  )
  const byId = new Map(stored.map((message) => [message.id, message]))
  expect(byId.size).toBe(WRITERS * MESSAGES_EACH)
  for (const message of acknowledged) expect(byId.get(message.id)).toEqual(message)
  for (let writer = 0; writer < WRITERS; writer++) {
    const own = stored.filter(({ text }) => text.startsWith(`${writer}: `))
    expect(own.map(({ text }) => text)).toEqual(
      Array.from({ length: MESSAGES_EACH }, (_, n) => `${writer}: ${n}`),
    )
    expect(new Set(own.map(({ author }) => author.id)).size).toBe(1)
  }
  for (const client of clients) {
    await eventually(async () => {
      await client.catchUp()
      expect(client.cursor()).toBe(stored.length)
    }, 10_000)
    expect([...client.log.values()].toSorted((one, other) => one.seq - other.seq)).toEqual(stored)
  }
}, 120_000)
