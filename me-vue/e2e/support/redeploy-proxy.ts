import { createServer } from 'node:http'
import { forward, listen, passUpgrade } from './forward.ts'
import type { TestServer } from './test-server.ts'

/** Headers that request the whole answer, neither compressed nor "not modified". */
const whole = { 'accept-encoding': 'identity', 'if-none-match': '', 'if-modified-since': '' }

/** A proxy that passes a server's answers on unchanged and, after `deploy()`, answers like the next build of the site. */
export async function createRedeployProxy(server: TestServer) {
  let deployed = false

  const proxy = createServer((req, res) => {
    const { url, method, headers } = req
    const upstream = forward({ url, method, headers: { ...headers, ...whole } }, server.url)
    upstream.on('response', async (answer) => {
      if (!deployed || !url!.endsWith('.js')) {
        res.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(res)
      } else if (url === '/sw.js') {
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
  proxy.on('upgrade', (req, socket, head) =>
    passUpgrade(req, socket, server.url, (there, early) => {
      socket.write(early)
      there.write(head)
      socket.pipe(there).pipe(socket)
    }),
  )
  return { ...(await listen(proxy)), deploy: () => void (deployed = true) }
}
