import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Flood, AnswerCounts } from './flood.ts'

/** Starts a flood in a separate process, which ends by itself soon after its time. */
export function startFlood({ name }: Flood, url: string, seconds: number) {
  const child = fork(join(import.meta.dirname, 'flooder.ts'), [name, url, String(seconds)])
  return {
    /** Ends the flood, and returns how often each answer came. */
    async stop(): Promise<AnswerCounts> {
      if (!child.connected) return [['the flood ended early', 1]]
      child.send('stop')
      const [report] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
        AnswerCounts | number,
      ]
      return Array.isArray(report) ? report : [['the flood ended early', 1]]
    },
  }
}
