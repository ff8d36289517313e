import { regional, shortDate } from './dates.ts'

/** "today, 14:05", "3 days ago, 14:05", "12 Nov, 14:05": a day as `shortDate` names it, with the time. */
export function shortMoment(iso: string, language: string, now = new Date()): string {
  const time = new Intl.DateTimeFormat(regional(language), { hour: '2-digit', minute: '2-digit' })
  return `${shortDate(iso, language, now)}, ${time.format(new Date(iso))}`
}
