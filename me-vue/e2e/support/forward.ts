import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

type Head = Pick<IncomingMessage, 'url' | 'method' | 'headers'>

/** The request of a proxy to the server behind it. */
export const forward = ({ url, method, headers }: Head, server: string) =>
  // A kept-alive connection might close at the moment of reuse.
  request(new URL(url!, server), { method: method!, headers, agent: false })

/** Passes a request on, and its answer back. The returned request tells of the answer. */
export function passOn(req: IncomingMessage, res: ServerResponse, server: string) {
  const onwards = forward(req, server)
  onwards.on('response', (answer) => {
    // A stream's browser hears that it is open before anything is said.
    res.writeHead(answer.statusCode!, answer.headers).flushHeaders()
    answer.pipe(res)
  })
  onwards.on('error', () => res.destroy())
  res.on('close', () => onwards.destroy())
  req.pipe(onwards)
  return onwards
}

/**
 * Passes the request for an upgrade on, and its answer back. `opened` receives the server's side, and the bytes that came
 * from there already; what goes between the two sides is for `opened` to pass.
 */
export function passUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  server: string,
  opened: (there: Duplex, early: Buffer) => void,
): void {
  socket.on('error', () => socket.destroy())
  const onwards = forward(req, server).on('error', () => socket.destroy())
  onwards.on('upgrade', (answer, there, early) => {
    const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]))
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
    there.on('error', () => socket.destroy())
    socket.on('close', () => there.destroy())
    opened(there, early)
  })
  onwards.end()
}

/** Starts a proxy on a port that the system chooses. */
export async function listen(proxy: Server) {
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')
  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    close(): void {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}
