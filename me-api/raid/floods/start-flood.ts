import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Flood, Told } from './flood.ts'

/** Starts a flood in a process of its own, which ends by itself soon after its time. */
export function startFlood({ name }: Flood, url: string, seconds: number) {
  const child = fork(join(import.meta.dirname, 'flooder.ts'), [name, url, String(seconds)])
  return {
    /** Ends it; answers how often it was told what. */
    async stop(): Promise<Told> {
      if (!child.connected) return [['the flood ended early', 1]]
      child.send('stop')
      const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Told | number]
      return Array.isArray(told) ? told : [['the flood ended early', 1]]
    },
  }
}
