import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { createHttpServer } from '../src/http/http-server.ts'
import { createUpgrades } from '../src/http/upgrades.ts'
import { databaseOf } from './support/database.ts'
import { startServer } from './support/program.ts'
import { dial } from './support/raw-connection.ts'
import { temporaryFolder } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

type Connection = ReturnType<typeof dial>
type Server = { url: string }

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`
const upgrade = (path: string) =>
  `${get(path)}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`
const engine = (transport: string, sid = '') =>
  `/socket.io/?EIO=4&transport=${transport}${sid && `&sid=${sid}`}`

/** A masked text frame of less than 126 bytes, with the mask 0 (RFC 6455 §5.2). */
const frame = (text: string) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

const heard = (connection: Connection, words: string) =>
  eventually(() => expect(connection.said()).toContain(words))

async function webSocket(server: Server, path: string, frames: string[], words: string): Promise<Connection> {
  const connection = dial(server)
  connection.write(upgrade(path), '')
  await heard(connection, '101 Switching Protocols')
  for (const text of frames) connection.socket.write(frame(text))
  await heard(connection, words)
  return connection
}

async function request(server: Server, text: string, words = ''): Promise<Connection> {
  const connection = dial(server)
  connection.socket.write(text)
  await heard(connection, words)
  return connection
}

/** Opens a connection of Socket.IO over polling, and returns its id. */
async function polling(server: Server): Promise<string> {
  const { said } = await request(server, `${get(engine('polling'))}\r\n`, '"sid"')
  return /"sid":"([^"]+)"/.exec(said())?.[1] ?? ''
}

const enter = '["room:enter",{"room":"lobby","after":null}]'

/** Clients of which each says its part, and then nothing more. */
const clients: Record<string, (server: Server) => Promise<Connection>> = {
  'a Socket.IO client over WebSocket': (server) =>
    webSocket(server, engine('websocket'), ['40/chat,', `42/chat,1${enter}`], '43/chat,1'),
  'a Socket.IO client that has not joined the chat': (server) =>
    webSocket(server, engine('websocket'), [], '"sid"'),
  'a Socket.IO client that is upgrading to WebSocket': async (server) =>
    webSocket(server, engine('websocket', await polling(server)), ['2probe'], '3probe'),
  'a WebSocket beside a Socket.IO client that polls': async (server) =>
    webSocket(server, engine('websocket', await polling(server)), [], ''),
  'a Socket.IO client that polls': async (server) =>
    request(server, `${get(engine('polling', await polling(server)))}\r\n`),
  'a plain WebSocket': (server) =>
    webSocket(server, '/api/chat/socket?nick=ada', ['{"event":"typing:set","ack":1}'], '"ack":1'),
  'a reader of Server-Sent Events': (server) =>
    request(server, `${get('/api/chat/rooms/lobby/stream?after=0')}\r\n`, 'event-stream'),
  'a long poll': (server) => request(server, `${get('/api/chat/rooms/lobby/changes?after=0&wait=30')}\r\n`),
  'an idle connection': (server) => request(server, `${get('/healthz')}\r\n`, 'alive'),
  'a connection that has sent nothing': (server) => request(server, ''),
  'half a head': (server) => request(server, get('/')),
  'half a body': (server) =>
    request(
      server,
      'POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{',
    ),
  'a second request without an answer to the first': (server) =>
    request(server, `${get('/api/chat/rooms/lobby/changes?after=0&wait=30')}\r\n${get('/')}`),
}

test('clients of every transport that neither read nor answer do not keep the server from stopping', async () => {
  const server = await startServer(await databaseOf(temporaryFolder()))
  const open = await Promise.all(Object.values(clients).map((fallSilent) => fallSilent(server)))
  for (const { socket } of open) socket.pause()
  expect(await server.kill('SIGTERM')).toBe(0)
})

test('the HTTP server stops although an upgraded connection is never closed', async () => {
  const upgrades = createUpgrades({ mayUpgrade: () => true, onFault: () => {} })
  upgrades.serve({ path: /^\/$/, take: (_req, socket) => void socket.write('taken') })
  const { server, close } = createHttpServer((_req, res) => void res.end(), upgrades)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const connection = dial({ url: `http://127.0.0.1:${port}` })
  connection.write(upgrade('/'), '')
  await heard(connection, 'taken')
  await close()
  await connection.closed
})
