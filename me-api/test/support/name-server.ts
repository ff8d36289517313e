import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { closeAfterTest } from './start-app.ts'

/** A name server for which every name is the IPv4 address `means`. */
export async function startNameServer(means: string) {
  const server = { means, address: '' }
  const socket = createSocket('udp4')
  socket.on('message', (query, { port }) => {
    const answer = Buffer.from(query)
    // An answer (RFC 1035 §4.1), with one record where an IPv4 address was asked for.
    const isA = query.readUInt16BE(query.indexOf(0, 12) + 1) === 1
    answer.writeUInt16BE(0x8180, 2)
    answer.writeUInt16BE(isA ? 1 : 0, 6)
    answer.writeUInt16BE(0, 10)
    const end = query.indexOf(0, 12) + 5
    const bytes = server.means.split('.').map(Number)
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...bytes])
    socket.send(Buffer.concat([answer.subarray(0, end), ...(isA ? [record] : [])]), port, '127.0.0.1')
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  closeAfterTest(async () => void socket.close())
  server.address = `127.0.0.1:${(socket.address() as AddressInfo).port}`
  return server
}
