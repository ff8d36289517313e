import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestServer } from './test-server.ts'

/** A proxy that passes a server's answers on unchanged and, after `deploy()`, answers like the next build of the site. */
export async function createRedeployProxy(server: TestServer) {
  let deployed = false

  /** Requests the whole answer, neither compressed nor "not modified". */
  const forward = ({ url, method, headers }: IncomingMessage) =>
    request(new URL(url!, server.url), {
      method: method!,
      // A kept-alive connection might close at the moment of reuse.
      agent: false,
      headers: { ...headers, 'accept-encoding': 'identity', 'if-none-match': '', 'if-modified-since': '' },
    })

  const proxy = createServer((req, res) => {
    const upstream = forward(req)
    upstream.on('response', async (answer) => {
      if (!deployed || !req.url!.endsWith('.js')) {
        res.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(res)
      } else if (req.url === '/sw.js') {
        const script = (await answer.toArray()).join('')
        res.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' })
        res.end(script.replace(/me-site-/, 'me-site-next-'))
      } else {
        // The files of another build have other names.
        answer.resume()
        res.writeHead(404).end()
      }
    })
    upstream.on('error', () => res.destroy())
    req.pipe(upstream)
  })
  proxy.on('upgrade', (req, socket, head) => {
    const upstream = forward(req).on('error', () => socket.destroy())
    upstream.on('upgrade', (answer, upstreamSocket, early) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(early)
      upstreamSocket.write(head)
      socket.pipe(upstreamSocket).pipe(socket)
      upstreamSocket.on('error', () => socket.destroy())
      socket.on('error', () => upstreamSocket.destroy())
    })
    upstream.end()
  })
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')

  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    deploy: () => void (deployed = true),
    close: () => (proxy.closeAllConnections(), proxy.close()),
  }
}
