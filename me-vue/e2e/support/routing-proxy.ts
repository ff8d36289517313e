import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A proxy that passes each request on to the server chosen for its path. It counts the bodies of the answers for paths that
 * begin with `counted`, in bytes as they pass.
 */
export async function createRoutingProxy(serverFor: (path: string) => string, counted?: string) {
  const answers: { path: string; status: number; bytes: number }[] = []
  const proxy = createServer((req, res) => {
    const path = req.url!
    const passed = request(new URL(path, serverFor(path)), {
      method: req.method!,
      headers: req.headers,
      agent: false,
    })
    passed.on('response', (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('end', () => {
        if (counted && path.startsWith(counted)) answers.push({ path, status: answer.statusCode!, bytes })
      })
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    passed.on('error', () => res.destroy())
    req.pipe(passed)
  })
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')
  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    answers,
    close: () => (proxy.closeAllConnections(), proxy.close()),
  }
}
