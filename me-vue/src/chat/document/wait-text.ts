import { duration, regional } from '../../ui/dates.ts'

/** "40 seconds", "15 minutes", "3 hours", "4 days": a wait of any length, rounded up. */
export function waitText(seconds: number, language: string): string {
  const hours = seconds / 3_600
  if (hours <= 2) return duration(seconds, language)
  const [unit, count] = hours <= 48 ? ['hour', hours] : ['day', hours / 24]
  const format = { style: 'unit', unit, unitDisplay: 'long' } as Intl.NumberFormatOptions
  return new Intl.NumberFormat(regional(language), format).format(Math.ceil(count))
}
