import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { guardTasks, systemClock } from '../src/clock.ts'
import { manualClock } from './support/manual-clock.ts'

const DAY = 86_400_000

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

test.each([1_000, 24 * DAY, 25 * DAY, 365 * DAY])(
  'a call after %i milliseconds comes then and once',
  (length) => {
    const call = jest.fn()
    systemClock.after(length, call)
    jest.advanceTimersByTime(length - 1)
    expect(call).toHaveBeenCalledTimes(0)
    jest.advanceTimersByTime(1)
    expect(call).toHaveBeenCalledTimes(1)
    jest.advanceTimersByTime(100 * DAY)
    expect(call).toHaveBeenCalledTimes(1)
  },
)

test('a call after 60 days is called off at any time before', () => {
  const call = jest.fn()
  const callOff = systemClock.after(60 * DAY, call)
  jest.advanceTimersByTime(50 * DAY)
  callOff()
  jest.advanceTimersByTime(50 * DAY)
  expect(call).not.toHaveBeenCalled()
})

test('a stop waits for the tasks under way, whatever becomes of them, and begins no other', async () => {
  const time = manualClock()
  const faults: unknown[] = []
  const clock = guardTasks(time, (error) => faults.push(error))
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  clock.after(10, () => one.promise)
  clock.after(10, () => other.promise)
  const never = jest.fn()
  clock.after(20, never)
  time.advance(10)
  let hasStopped = false
  const stopping = clock.stop().then(() => (hasStopped = true))
  time.advance(10)
  one.resolve()
  await one.promise
  await Promise.resolve()
  expect(hasStopped).toBe(false)
  other.reject(new Error('too late'))
  await stopping
  expect(never).not.toHaveBeenCalled()
  expect(faults).toEqual([new Error('too late')])
})
