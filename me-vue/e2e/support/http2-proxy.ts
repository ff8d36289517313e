import { once } from 'node:events'
import { request } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { makeLocalCertificate } from '../../../me-api/test/support/local-certificate.ts'

/** Headers of HTTP/1.1 that HTTP/2 does not know (RFC 9113 §8.2.2). */
const ofOneConnection = /^(connection|keep-alive|transfer-encoding)$/

const without = <T>(headers: NodeJS.Dict<T>, names: RegExp): NodeJS.Dict<T> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)))

/** A front door: HTTP/2 over TLS with browsers (that ignore its certificate), HTTP/1.1 with the server behind it. */
export async function createHttp2Proxy(server: string) {
  const door = createSecureServer(await makeLocalCertificate(), (req, res) => {
    const passed = request(new URL(req.url, server), {
      method: req.method,
      headers: { ...without(req.headers, /^:/), host: req.authority },
      agent: false,
    })
    passed.on('response', (answer) => {
      res.writeHead(answer.statusCode!, without(answer.headers, ofOneConnection))
      answer.pipe(res)
    })
    passed.on('error', () => res.stream.close())
    req.pipe(passed)
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  return { url: `https://127.0.0.1:${(door.address() as AddressInfo).port}`, close: () => door.close() }
}
