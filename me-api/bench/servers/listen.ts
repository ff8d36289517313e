import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens where the benchmark says, and reports the address. */
export function listen(server: Server): void {
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    console.log(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}
