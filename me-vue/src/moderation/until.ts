import { regional } from '../ui/dates.ts'

/** A time on the clock: "14:05" today, else "22 November at 14:05", with its year where that is another one. */
export function untilText(at: number | string, language: string, now = new Date()): string {
  const end = new Date(at)
  const isToday = end.toDateString() === now.toDateString()
  const year = end.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  const day = isToday ? {} : { day: 'numeric', month: 'long', year }
  const format = { ...day, hour: '2-digit', minute: '2-digit' } as Intl.DateTimeFormatOptions
  return new Intl.DateTimeFormat(regional(language), format).format(end)
}

/** "10 minutes", "24 hours", "3 days". */
export function spanText(minutes: number, language: string): string {
  const [unit, count] =
    minutes < 60 || minutes % 60 > 0
      ? ['minute', minutes]
      : minutes < 2_880 || minutes % 1_440 > 0
        ? ['hour', minutes / 60]
        : ['day', minutes / 1_440]
  const format = { style: 'unit', unit, unitDisplay: 'long' } as Intl.NumberFormatOptions
  return new Intl.NumberFormat(regional(language), format).format(Number(count))
}
