import { expect, test } from '@jest/globals'
import { duration, longDate, shortDate } from '../src/ui/dates.ts'

const now = new Date(2026, 10, 20, 9)
const short = (...date: [number, number, number, number]) =>
  shortDate(new Date(...date).toISOString(), 'en', now)

test('a date within the week is shown relative to today', () => {
  expect(short(2026, 10, 20, 1)).toBe('today')
  expect(short(2026, 10, 19, 23)).toBe('yesterday')
  expect(short(2026, 10, 14, 12)).toBe('6 days ago')
})

test('an older date is shown as day and month, with the year when it differs', () => {
  expect(short(2026, 10, 12, 12)).toBe('12 Nov')
  expect(short(2025, 10, 12, 12)).toBe('12 Nov 2025')
})

test('dates follow the language', () => {
  const date = new Date(2026, 2, 3, 12).toISOString()
  expect(longDate(date, 'en')).toBe('3 March 2026')
  expect(longDate(date, 'sv')).toBe('3 mars 2026')
  expect(longDate(date, 'nb')).toBe('3. mars 2026')
})

test('a waiting time is rounded up', () => {
  expect(duration(12.2, 'en')).toBe('13 seconds')
  expect(duration(841, 'en')).toBe('15 minutes')
  expect(duration(841, 'sv')).toBe('15 minuter')
})
