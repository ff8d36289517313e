import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { listen, passOn, passUpgrade } from './forward.ts'
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

  const proxy = createServer((req, res) => {
    if (req.url!.startsWith('/socket.io/')) {
      polls.add(req)
      res.on('close', () => polls.delete(req))
    }
    passOn(req, res, server.url)
  })
  proxy.on('upgrade', (req, socket, head) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket)).on('error', () => socket.destroy())
    if (treats === 'refuse') socket.destroy()
    if (treats === 'refuse' || treats === 'hang') return
    passUpgrade(req, socket, server.url, (there, early) => {
      there.on('close', () => treats !== 'swallow' && socket.destroy())
      if (treats === 'close') return void socket.end()
      if (treats === 'swallow') return void (socket.resume(), there.resume())
      socket.write(early)
      there.pipe(socket)
      if (treats === 'deaf') return void socket.resume()
      there.write(head)
      socket.pipe(there)
    })
  })
  const { url, close } = await listen(proxy)

  return {
    url,
    /** How it treats WebSocket from now on. */
    treat: (now: Treatment) => void (treats = now),
    /** Requests of Socket.IO without an answer, and WebSockets: each holds a connection. */
    held: () => polls.size + upgraded.size,
    webSockets: () => upgraded.size,
    close() {
      upgraded.forEach((socket) => socket.destroy())
      close()
    },
  }
}
