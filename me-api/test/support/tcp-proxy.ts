import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A TCP proxy in front of the server, as the network that fails. `target` may change while it runs. Whatever comes from
 * there is late by `delay` milliseconds, which may grow while it runs.
 */
export async function startTcpProxy(target: () => string, delay: number | (() => number) = 0) {
  const lateBy = typeof delay === 'number' ? () => delay : delay
  const pairs = new Set<[Socket, Socket]>()
  let isSilent = false
  function carry([client, upstream]: [Socket, Socket]): void {
    client.pipe(upstream)
    if (delay) upstream.on('data', (chunk) => void setTimeout(() => client.write(chunk), lateBy()))
    else upstream.pipe(client)
  }
  const freeze = () =>
    pairs.forEach(([client, upstream]) => {
      client.unpipe(upstream).pause()
      upstream.unpipe(client).pause()
    })
  const server = createServer((client) => {
    const { hostname, port } = new URL(target())
    const upstream = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.on('error', () => to.destroy())
      from.on('close', () => (to.destroy(), pairs.delete(pair)))
    }
    if (!isSilent) carry(pair)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => pairs.forEach(([client, upstream]) => (client.destroy(), upstream.destroy()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,

    /** The network vanishes without a word: both ends keep their connection and hear nothing more. */
    freeze,

    /** The network carries nothing, and nothing on new connections either, until `restore`. */
    silence() {
      isSilent = true
      freeze()
    },

    restore() {
      isSilent = false
      pairs.forEach(carry)
    },

    /** All connections break. */
    cut,

    /** One connection breaks, chosen by chance. */
    cutOne() {
      const pair = [...pairs][Math.floor(Math.random() * pairs.size)]
      pair?.forEach((socket) => socket.destroy())
    },

    close() {
      cut()
      server.close()
    },
  }
}
