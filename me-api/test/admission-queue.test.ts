import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createAdmissionQueue } from '../src/chat/transports/socketio/admission-queue.ts'

test('new connections are admitted a few per event-loop turn, in their order', async () => {
  const admit = createAdmissionQueue(() => {})
  const done: number[] = []
  const crowd = Array.from({ length: 10 }, (_, n) => n)
  for (const n of crowd) admit(() => void done.push(n))
  expect(done).toEqual([])
  const after: number[] = []
  while (done.length < crowd.length) {
    await setImmediate()
    after.push(done.length)
  }
  expect(done).toEqual(crowd)
  expect(after.length).toBeGreaterThan(2)
  admit(() => void done.push(10))
  await setImmediate()
  expect(done).toContain(10)
})

test('a connection that fails to be admitted does not stop the others', async () => {
  const faults: unknown[] = []
  const admit = createAdmissionQueue((error) => faults.push(error))
  const done: number[] = []
  const fault = new Error('on purpose')
  for (let n = 0; n < 10; n++)
    admit(() => {
      if (n === 1) throw fault
      done.push(n)
    })
  while (done.length < 9) await setImmediate()
  expect(done).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(faults).toEqual([fault])
})
