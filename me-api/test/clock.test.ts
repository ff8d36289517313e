import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { systemClock } from '../src/clock.ts'

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
