import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestServer } from './test-server.ts'

/**
 * What a proxy makes of WebSocket: `hang` never answers the upgrade, `refuse` closes it unanswered, `close` opens it and
 * closes at once, `swallow` opens it and passes nothing on, `deaf` passes on only what the server says.
 */
export type Treatment = 'pass' | 'hang' | 'refuse' | 'close' | 'swallow' | 'deaf'

/** A proxy in front of a server that serves HTTP as it is and treats WebSocket as it is told to. */
export async function webSocketProxy(server: TestServer, treatment: Treatment) {
  let treats = treatment
  const upgraded = new Set<Duplex>()
  const polls = new Set<IncomingMessage>()

  const forward = ({ url, method, headers }: IncomingMessage) =>
    request(new URL(url!, server.url), { method: method!, headers, agent: false })

  const proxy = createServer((req, res) => {
    if (req.url!.startsWith('/socket.io/')) {
      polls.add(req)
      res.on('close', () => polls.delete(req))
    }
    const onwards = forward(req)
    onwards.on('response', (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    onwards.on('error', () => res.destroy())
    res.on('close', () => onwards.destroy())
    req.pipe(onwards)
  })
  proxy.on('upgrade', (req, socket, head) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket)).on('error', () => socket.destroy())
    if (treats === 'refuse') socket.destroy()
    if (treats === 'refuse' || treats === 'hang') return
    const onwards = forward(req).on('error', () => socket.destroy())
    onwards.on('upgrade', (answer, there, early) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      there.on('error', () => socket.destroy())
      socket.on('close', () => there.destroy())
      there.on('close', () => treats !== 'swallow' && socket.destroy())
      if (treats === 'close') return void socket.end()
      if (treats === 'swallow') return void (socket.resume(), there.resume())
      socket.write(early)
      there.pipe(socket)
      if (treats === 'deaf') return void socket.resume()
      there.write(head)
      socket.pipe(there)
    })
    onwards.end()
  })
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')

  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    /** How it treats WebSocket from now on. */
    treat: (now: Treatment) => void (treats = now),
    /** Requests of Socket.IO without an answer, and WebSockets: each holds a connection. */
    held: () => polls.size + upgraded.size,
    webSockets: () => upgraded.size,
    close() {
      upgraded.forEach((socket) => socket.destroy())
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}
