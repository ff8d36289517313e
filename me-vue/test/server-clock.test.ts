import { expect, test } from '@jest/globals'
import { learnServerTime, serverNow } from '../src/platform/server-clock.ts'

const HOUR = 3_600_000
const httpDate = (time: number) => new Date(time).toUTCString()

test('the server’s time is this machine’s until an answer says otherwise, and then the latest one counts', () => {
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(5_000)
  for (const useless of [null, '', 'yesterday']) learnServerTime(useless)
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(5_000)

  const early = Date.now() - 2 * HOUR
  learnServerTime(httpDate(early))
  expect(Math.abs(serverNow() - early)).toBeLessThan(5_000)
  // From a cache: older than what is known.
  learnServerTime(httpDate(early - HOUR))
  expect(Math.abs(serverNow() - early)).toBeLessThan(5_000)
  const late = Date.now() + 2 * HOUR
  learnServerTime(httpDate(late))
  expect(Math.abs(serverNow() - late)).toBeLessThan(5_000)
})
