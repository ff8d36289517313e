import { createServer } from 'node:http'
import { listen, passOn } from './forward.ts'
import type { TestServer } from './test-server.ts'

/** A proxy that passes requests on until it is told to answer by itself with a page of its own. */
export async function createAnsweringProxy(server: TestServer) {
  let status: number | undefined

  const proxy = createServer((req, res) => {
    if (status === undefined) passOn(req, res, server.url)
    else res.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>The proxy</title>')
  })
  return { ...(await listen(proxy)), answer: (by: number | undefined) => void (status = by) }
}
