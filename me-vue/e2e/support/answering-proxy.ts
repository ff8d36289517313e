import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestServer } from './test-server.ts'

/** A proxy that passes requests on until it is told to answer by itself with a page of its own. */
export async function createAnsweringProxy(server: TestServer) {
  let status: number | undefined

  const proxy = createServer((req, res) => {
    if (status !== undefined) {
      res.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>The proxy</title>')
      return
    }
    const { url, method, headers } = req
    // A kept-alive connection might close at the moment of reuse.
    const upstream = request(new URL(url!, server.url), { method: method!, headers, agent: false })
    upstream.on('response', (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    upstream.on('error', () => res.destroy())
    req.pipe(upstream)
  })
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')

  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    answer: (by: number | undefined) => void (status = by),
    close: () => (proxy.closeAllConnections(), proxy.close()),
  }
}
