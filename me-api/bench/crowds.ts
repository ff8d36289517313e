import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Tasks } from './crowd.ts'

export type Crowd = Awaited<ReturnType<typeof startCrowd>>

/** Starts a process of many clients, separate from the server's. */
export async function startCrowd() {
  const child = fork(join(import.meta.dirname, 'crowd.ts'), {
    // JSON would turn NaN into null, and a missing measurement would count as 0.
    serialization: 'advanced',
    execArgv: process.env['CROWD_PROF'] ? ['--cpu-prof', '--cpu-prof-dir=' + process.env['CROWD_PROF']] : [],
  })
  await once(child, 'message')

  /** Runs a task in the crowd's process; one at a time. */
  async function ask<Name extends keyof Tasks>(
    name: Name,
    task: Parameters<Tasks[Name]>[0],
  ): Promise<ReturnType<Tasks[Name]>> {
    child.send({ name, task })
    const [{ result, error }] = (await once(child, 'message')) as [
      { result: ReturnType<Tasks[Name]>; error?: string },
    ]
    if (error) throw new Error(error)
    return result
  }

  return {
    ask,
    leave(): void {
      child.disconnect()
    },
  }
}
