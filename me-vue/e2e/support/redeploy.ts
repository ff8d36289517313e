import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { House } from './house.ts'

/** In front of a house: serves it as it is until it is deployed anew, and from then on as another build would look. */
export async function inFrontOf(house: House) {
  let deployed = false

  /** Whole and as it is: neither compressed nor "not modified". */
  const forward = ({ url, method, headers }: IncomingMessage) =>
    request(new URL(url!, house.url), {
      method: method!,
      // A connection kept alive may be closed just when it is used again.
      agent: false,
      headers: { ...headers, 'accept-encoding': 'identity', 'if-none-match': '', 'if-modified-since': '' },
    })

  const front = createServer((req, res) => {
    const onwards = forward(req)
    onwards.on('response', async (answer) => {
      if (!deployed || !req.url!.endsWith('.js')) {
        res.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(res)
      } else if (req.url === '/sw.js') {
        const script = (await answer.toArray()).join('')
        res.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' })
        res.end(script.replace(/me-site-/, 'me-site-next-'))
      } else {
        // Another build's files have other names.
        answer.resume()
        res.writeHead(404).end()
      }
    })
    onwards.on('error', () => res.destroy())
    req.pipe(onwards)
  })
  front.on('upgrade', (req, socket, head) => {
    const onwards = forward(req).on('error', () => socket.destroy())
    onwards.on('upgrade', (answer, there, early) => {
      const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(early)
      there.write(head)
      socket.pipe(there).pipe(socket)
      there.on('error', () => socket.destroy())
      socket.on('error', () => there.destroy())
    })
    onwards.end()
  })
  front.listen(0, 'localhost')
  await once(front, 'listening')

  return {
    url: `http://localhost:${(front.address() as AddressInfo).port}`,
    deploy: () => void (deployed = true),
    close: () => (front.closeAllConnections(), front.close()),
  }
}
