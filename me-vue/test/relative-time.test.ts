import { expect, test } from '@jest/globals'
import { relativeTime } from '../src/ui/relative-time.ts'

const minutes = (n: number) => n * 60_000

test.each([
  [0, '1 minute ago'],
  [minutes(-5), '1 minute ago'],
  [minutes(59.9), '59 minutes ago'],
  [minutes(60), '1 hour ago'],
  [minutes(60 * 23.9), '23 hours ago'],
  [minutes(60 * 24), 'yesterday'],
  [minutes(60 * 24 * 29.5), '29 days ago'],
  [minutes(60 * 24 * 65), '2 months ago'],
])('%d ms ago is shown as %s', (passed, told) =>
  expect(relativeTime(1e12 - passed, 1e12, 'en-GB')).toBe(told),
)
