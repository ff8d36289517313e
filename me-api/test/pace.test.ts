import { expect, test } from '@jest/globals'
import { createPace } from '../src/site/pace.ts'
import { manualClock } from './support/manual-clock.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('tasks are done one after the other, with a rest of three times as long as each took', async () => {
  const clock = manualClock()
  const paced = createPace(clock)
  const done: string[] = []
  const task = (name: string, took: number) => async () => {
    done.push(name)
    clock.advance(took)
    return name
  }
  const first = paced(task('first', 20))
  const second = paced(task('second', 5_000))
  const third = paced(task('third', 0))
  expect(await first).toBe('first')
  clock.advance(59)
  await settled()
  expect(done).toEqual(['first'])
  clock.advance(1)
  expect(await second).toBe('second')
  clock.advance(299)
  await settled()
  expect(done).toEqual(['first', 'second'])
  clock.advance(1)
  expect(await third).toBe('third')
})

test('a task that fails lets the next one go on', async () => {
  const paced = createPace(manualClock())
  await expect(paced(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await paced(async () => 'yes')).toBe('yes')
})

test('a task that would wait behind ten others is not done', async () => {
  const paced = createPace(manualClock())
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  const waiting = Array.from({ length: 10 }, () => paced(() => held))
  let isDone = false
  expect(await paced(async () => (isDone = true))).toBeUndefined()
  expect(isDone).toBe(false)
  go()
  await Promise.all(waiting)
  expect(await paced(async () => 'again')).toBe('again')
})
