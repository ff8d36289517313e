import { describe, expect, test } from '@jest/globals'
import { beginningOf, fieldValue, moments } from '../src/chat/timeline/moments.ts'

describe('moments of the log', () => {
  test.each([
    ['today', new Date(2026, 10, 28, 18, 30), new Date(2026, 10, 28)],
    ['week', new Date(2026, 10, 28, 18, 30), new Date(2026, 10, 21)],
    ['week', new Date(2026, 2, 3, 0, 0), new Date(2026, 1, 24)],
    ['month', new Date(2026, 10, 28, 18, 30), new Date(2026, 9, 28)],
    ['month', new Date(2026, 2, 31, 12), new Date(2026, 1, 28)],
    ['month', new Date(2028, 2, 30, 12), new Date(2028, 1, 29)],
    ['month', new Date(2026, 0, 31, 12), new Date(2025, 11, 31)],
    ['beginning', new Date(2026, 10, 28), new Date(0)],
  ] as const)('%s, seen from %s, is %s', (name, now, moment) => {
    expect(moments[name](now)).toEqual(moment)
  })

  test('a date field holds a day in the time zone of the reader', () => {
    expect(fieldValue(new Date(2026, 2, 3, 23, 59))).toBe('2026-03-03')
    expect(beginningOf('2026-03-03')).toEqual(new Date(2026, 2, 3))
  })
})
