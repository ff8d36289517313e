import { connect } from 'node:net'
import { repeat } from './repeat.ts'
import { type Flood, addressOf } from './flood.ts'

const targets = ['/socket.io/?EIO=4&transport=websocket', '/api/chat/socket', '/nowhere', '//']
const headers = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** Floods of upgrades whose connection breaks at random moments. */
export const upgradeFloods: Flood[] = [
  {
    name: 'resets',
    description: '400 concurrent upgrades that reset, from 50 addresses',
    start: ({ url, countAnswer }) =>
      repeat({ concurrency: 400, limit: 100_000, every: 20 }, (n) => {
        const socket = connect({
          host: '127.0.0.1',
          port: Number(new URL(url).port),
          localAddress: addressOf(n % 50),
        })
        socket.write(`GET ${targets[n % targets.length]} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
        socket.once('data', (data: Buffer) =>
          countAnswer(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1] ?? 'data'),
        )
        socket.on('error', () => {})
        setTimeout(() => socket.resetAndDestroy(), Math.random() * 60)
        return new Promise<void>((resolve) => {
          socket.once('close', () => {
            countAnswer('reset')
            resolve()
          })
        })
      }),
  },
]
