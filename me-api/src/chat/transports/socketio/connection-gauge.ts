import { Gauge, type Registry } from 'prom-client'
import { PLAIN } from '../websocket/engineio-adapter.ts'
import type { ChatNamespace } from './socket-types.ts'

/** Reports the number of open connections, counted only when the metrics are read. */
export function countConnections(registry: Registry, namespace: ChatNamespace): void {
  const gauge = new Gauge({
    name: 'me_connections',
    help: 'Open connections to the chat, by transport',
    labelNames: ['transport'],
    registers: [registry],
    collect() {
      const counts = { websocket: 0, polling: 0, [PLAIN]: 0 }
      for (const { conn } of namespace.sockets.values()) counts[conn.transport.name as keyof typeof counts]++
      for (const [transport, count] of Object.entries(counts)) gauge.set({ transport }, count)
    },
  })
}
