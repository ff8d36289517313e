import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Returns the address at which a browser on this machine finds a server that listens. */
export function ownAddressOf(server: Server, { HOST }: { HOST: string }): string {
  const { port } = server.address() as AddressInfo
  const host = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(HOST) ? 'localhost' : HOST
  return `http://${host}:${port}`
}
