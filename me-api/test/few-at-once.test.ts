import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { fewAtOnce } from '../src/chat/few-at-once.ts'

test('a crowd is dealt with in its order, with time for others after each few', async () => {
  const letIn = fewAtOnce(() => {})
  const done: number[] = []
  const crowd = Array.from({ length: 10 }, (_, n) => n)
  for (const n of crowd) letIn(() => void done.push(n))
  expect(done).toEqual([])
  const after: number[] = []
  while (done.length < crowd.length) {
    await setImmediate()
    after.push(done.length)
  }
  expect(done).toEqual(crowd)
  expect(after.length).toBeGreaterThan(2)
  letIn(() => void done.push(10))
  await setImmediate()
  expect(done).toContain(10)
})
