import { regional } from '../../ui/dates.ts'

/** A time of day: "14:05" today, else "22 November at 14:05", with its year if that differs. */
export function untilText(at: number | string, language: string, now = new Date()): string {
  const end = new Date(at)
  const isToday = end.toDateString() === now.toDateString()
  const year = end.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  const day = isToday ? {} : { day: 'numeric', month: 'long', year }
  const format = { ...day, hour: '2-digit', minute: '2-digit' } as Intl.DateTimeFormatOptions
  return new Intl.DateTimeFormat(regional(language), format).format(end)
}

/** Units with their minutes, the longest first, and from how many minutes on they are used. */
const UNITS: readonly [unit: string, size: number, least?: number][] = [
  ['year', 525_600],
  ['month', 43_200],
  ['week', 10_080],
  ['day', 1_440, 2_880],
  ['hour', 60],
]

/** "10 minutes", "24 hours", "3 days", "1 week", "1 month", "1 year"; a month has thirty days. */
export function spanText(minutes: number, language: string): string {
  const [unit, size] = UNITS.find(([, size, least = size]) => minutes >= least && minutes % size === 0) ?? [
    'minute',
    1,
  ]
  const format = { style: 'unit', unit, unitDisplay: 'long' } as Intl.NumberFormatOptions
  return new Intl.NumberFormat(regional(language), format).format(minutes / size)
}
