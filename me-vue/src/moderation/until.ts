import { regional } from '../ui/dates.ts'

/** An end in time: "14:05" today, else "22 November at 14:05", with its year where that is another one. */
export function untilText(at: number | string, language: string, now = new Date()): string {
  const end = new Date(at)
  const isToday = end.toDateString() === now.toDateString()
  const year = end.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  const day = isToday ? {} : { day: 'numeric', month: 'long', year }
  const format = { ...day, hour: '2-digit', minute: '2-digit' } as Intl.DateTimeFormatOptions
  return new Intl.DateTimeFormat(regional(language), format).format(end)
}
