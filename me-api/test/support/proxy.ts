import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { closeAfterTest } from './start-app.ts'

/** A TCP proxy in front of the server, as the network that fails. `target` may change while it runs. */
export async function startProxy(target: () => string) {
  const pairs = new Set<[Socket, Socket]>()
  const server = createServer((client) => {
    const { hostname, port } = new URL(target())
    const upstream = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => (to.destroy(), pairs.delete(pair)))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => pairs.forEach(([client, upstream]) => (client.destroy(), upstream.destroy()))
  closeAfterTest(async () => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,

    /** The network vanishes without a word: both ends keep their connection and hear nothing more. */
    freeze: () =>
      pairs.forEach(([client, upstream]) => {
        client.unpipe(upstream).pause()
        upstream.unpipe(client).pause()
      }),

    /** All connections break. */
    cut,

    /** One connection breaks, chosen by chance. */
    cutOne() {
      const pair = [...pairs][Math.floor(Math.random() * pairs.size)]
      pair?.forEach((socket) => socket.destroy())
    },
  }
}
