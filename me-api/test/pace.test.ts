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
  const first = paced('a', task('first', 20))
  const second = paced('a', task('second', 5_000))
  const third = paced('a', task('third', 0))
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
  await expect(paced('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await paced('a', async () => 'yes')).toBe('yes')
})

/** A pace whose first task runs until `go` is called. */
function held() {
  const paced = createPace(manualClock())
  const { promise, resolve: go } = Promise.withResolvers<void>()
  const first = paced('another', () => promise)
  return { paced, go, first }
}

test('a network’s task that would wait behind ten others of it is not done, and does not keep others from theirs', async () => {
  const { paced, go, first } = held()
  const done: string[] = []
  const task = (name: string) => async () => done.push(name)
  const many = Array.from({ length: 10 }, (_, index) => paced('loud', task(`loud ${index}`)))
  expect(await paced('loud', task('too many'))).toBeUndefined()
  const others = [paced('quiet', task('quiet')), paced(null, task('unknown'))]
  go()
  await Promise.all([first, ...many, ...others])
  expect(done.slice(0, 4)).toEqual(['loud 0', 'quiet', 'unknown', 'loud 1'])
  expect(done).toHaveLength(12)
  expect(await paced('loud', async () => 'again')).toBe('again')
})

test('no more than forty tasks wait, whoever asks', async () => {
  const { paced, go, first } = held()
  const waiting = Array.from({ length: 40 }, (_, index) => paced(`network ${index}`, async () => 'done'))
  expect(await paced('late', async () => 'done')).toBeUndefined()
  go()
  await first
  expect(await Promise.all(waiting)).toEqual(Array(40).fill('done'))
})
