import { setTimeout as pause } from 'node:timers/promises'
import type { SmallDisk } from '../test/support/small-disk.ts'
import type { Cluster } from './cluster.ts'

/** Brings a fault about, and ends it. `round` decides which node it is about. */
export type Fault = { name: string; happen: (cluster: Cluster, round: number) => Promise<void> }

export const faults: Fault[] = [
  {
    name: 'a node is killed, and restarted after 3 s',
    async happen(cluster, round) {
      const node = nodeOf(cluster, round)
      await node.kill()
      await pause(3_000)
      await node.start()
    },
  },
  {
    name: 'Redis is killed for 5 s',
    async happen({ redis }) {
      redis.kill()
      await pause(5_000)
      redis.restart()
    },
  },
  {
    name: 'a node is cut off from Redis for 6 s without a word',
    async happen(cluster, round) {
      const { way } = nodeOf(cluster, round + 1)
      way.silence()
      await pause(6_000)
      way.restore()
    },
  },
  {
    name: 'PostgreSQL is killed for 3 s',
    async happen({ postgres }) {
      await postgres.kill()
      await pause(3_000)
      await postgres.restart()
    },
  },
  {
    name: 'others have all connections of PostgreSQL for 4 s',
    async happen({ postgres }) {
      const giveBack = await postgres.takeConnections()
      await pause(4_000)
      await giveBack()
    },
  },
  {
    name: 'a rolling restart',
    async happen({ nodes }) {
      for (const node of nodes) {
        await node.stop()
        await node.start()
      }
    },
  },
]

/** Those of PostgreSQL's disk. */
export const faultsOf = (disk: SmallDisk): Fault[] => [
  {
    name: "PostgreSQL's disk is full for 4 s",
    async happen() {
      disk.fill()
      await pause(4_000)
      disk.free()
    },
  },
  {
    name: 'PostgreSQL crashes because its log finds no room, and is started again after 4 s',
    async happen({ postgres }) {
      disk.fill()
      await postgres.switchLog()
      await pause(4_000)
      await postgres.kill()
      disk.free()
      await postgres.restart()
    },
  },
]

const nodeOf = ({ nodes }: Cluster, round: number) => nodes[round % nodes.length]!
