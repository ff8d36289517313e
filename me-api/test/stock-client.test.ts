import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type Socket, io } from 'socket.io-client'
import type { Welcome } from '../src/contract/index.ts'
import { startProxy } from './support/proxy.ts'
import { api, bearer, memberToken } from './support/rest.ts'
import { type TestApp, closeAfterTest, startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually } from './support/visitors.ts'

/** `socket.io-client` with its defaults: it reconnects by itself, and only where the library thinks it should. */
function stockClient({ url }: { url: string }, options: { auth?: object; transports?: string[] } = {}) {
  const socket: Socket = io(`${url}/chat`, { forceNew: true, ...options })
  closeAfterTest(async () => void socket.disconnect())
  const welcomes: Welcome[] = []
  const refusals: unknown[] = []
  socket.on('welcome', (welcome: Welcome) => welcomes.push(welcome))
  socket.on('connect_error', (error) => refusals.push((error as { data?: unknown }).data))
  return {
    socket,
    welcomes,
    /** What the handshakes were refused with, `undefined` where the server could not be reached. */
    refusals,
    welcomed: (times: number) =>
      eventually(() => expect(welcomes.length).toBeGreaterThanOrEqual(times), 15_000),
  }
}

/** Counts how often the client's transport has opened and closed again. */
function endsOf(socket: Socket): () => number {
  let ends = 0
  socket.io.on('close', () => ends++)
  return () => ends
}

/** A server that can be restarted behind one address. */
async function restartable() {
  const folder = temporaryFolder()
  let app: TestApp = await startApp({ folder })
  const proxy = await startProxy(() => app.url)
  return {
    url: proxy.url,
    stop: () => app.close(),
    start: async () => void (app = await startApp({ folder })),
  }
}

describe('a stock Socket.IO client', () => {
  const kinds = [['websocket'], ['polling'], ['polling', 'websocket']]

  test.each(kinds.map((transports) => [transports.join(' and '), transports] as const))(
    'a client over %s reconnects by itself after a restart of the server',
    async (_, transports) => {
      const server = await restartable()
      const reader = stockClient(server, { transports: [...transports] })
      const ada = stockClient(server, { auth: { nick: 'ada', tab: 'tab 1' }, transports: [...transports] })
      await Promise.all([reader.welcomed(1), ada.welcomed(1)])
      const token = ada.welcomes[0]?.token
      const bo = stockClient(server, { auth: { token }, transports: [...transports] })
      await bo.welcomed(1)
      await server.stop()
      await server.start()
      await Promise.all([reader.welcomed(2), ada.welcomed(2), bo.welcomed(2)])
      expect(ada.welcomes.at(-1)?.self).toEqual(ada.welcomes[0]?.self)
      expect(bo.welcomes.at(-1)?.self).toEqual(ada.welcomes[0]?.self)
    },
  )

  test.each([
    ['a reader', 'rooms', {}],
    ['a visitor with a nick and a tab', 'visitors', { nick: 'ada', tab: 'tab 1' }],
  ])('%s connects by itself once the database is back', async (_, table, auth) => {
    const app = await startApp()
    await sql`alter table ${sql.table(table)} rename to away`.execute(app.db)
    const client = stockClient(app, { auth })
    const ends = endsOf(client.socket)
    await eventually(() => expect(ends()).toBeGreaterThanOrEqual(2), 10_000)
    expect(client).toMatchObject({ welcomes: [], refusals: [] })
    await sql`alter table away rename to ${sql.table(table)}`.execute(app.db)
    await client.welcomed(1)
    // Socket.IO keeps none of the refused handshakes.
    const { _preConnectSockets } = app.app.io.of('/chat') as unknown as {
      _preConnectSockets: Map<string, object>
    }
    expect(_preConnectSockets.size).toBe(0)
  })

  test('a client beyond LIMIT_CONNECTIONS connects by itself once another connection closes', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '1' } })
    const first = await connect(app)
    const second = stockClient(app)
    const ends = endsOf(second.socket)
    await eventually(() => expect(ends()).toBeGreaterThanOrEqual(2), 10_000)
    expect(second).toMatchObject({ welcomes: [], refusals: [] })
    first.socket.disconnect()
    await second.welcomed(1)
  })

  test('a client stays away after a refusal with a code, a replaced tab and the end of its session', async () => {
    const app = await startApp()
    const bo = stockClient(app, { auth: { nick: 'bo', tab: 'tab 1' } })
    await bo.welcomed(1)
    const other = stockClient(app, { auth: { nick: 'BO' } })
    await eventually(() => expect(other.refusals).toMatchObject([{ code: 'NICK_TAKEN' }]))
    expect(other.socket.active).toBe(false)
    await connect(app, { auth: { nick: 'bo', tab: 'tab 1' } })
    await eventually(() => expect(bo.socket.connected).toBe(false))
    expect(bo.socket.active).toBe(false)
    const token = await memberToken(app)
    const member = stockClient(app, { auth: { token } })
    await member.welcomed(1)
    await api(app).post('/api/logout').set(bearer(token)).expect(204)
    await eventually(() => expect(member.socket.connected).toBe(false))
    expect(member.socket.active).toBe(false)
  })
})
