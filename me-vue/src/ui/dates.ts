import { isServer } from '../platform/is-server.ts'
import { serverNow } from '../platform/server-clock.ts'

/** English as it is written in Europe: "12 Nov", not "Nov 12". */
const regions: Record<string, string> = { en: 'en-GB', sv: 'sv-SE', nb: 'nb-NO' }
export const regional = (language: string) => regions[language] ?? language

const midnightOf = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
const day = 86_400_000

/** A document may be read days after it was made, anywhere: it names dates, and those of UTC. */
export const timeZone = isServer ? 'UTC' : undefined

/** The day of a moment, in a form that can be compared, and from which `new Date` makes the day's beginning. */
export const dayOf = (moment: Date): string =>
  isServer ? moment.toISOString().slice(0, 10) : moment.toDateString()

/** "today", "3 days ago" within a week, else "12 Nov", with the year if it differs. In a document "12 Nov 2026". */
export function shortDate(iso: string, language: string, now = new Date(serverNow())): string {
  const date = new Date(iso)
  const format = (year: 'numeric' | undefined) =>
    new Intl.DateTimeFormat(regional(language), { day: 'numeric', month: 'short', year, timeZone }).format(
      date,
    )
  if (isServer) return format('numeric')
  const days = Math.round((midnightOf(now) - midnightOf(date)) / day)
  if (days >= 0 && days < 7)
    return new Intl.RelativeTimeFormat(regional(language), { numeric: 'auto' }).format(-days, 'day')
  return format(date.getFullYear() === now.getFullYear() ? undefined : 'numeric')
}

/** "12 November 2026". */
export const longDate = (iso: string, language: string) =>
  new Intl.DateTimeFormat(regional(language), { dateStyle: 'long', timeZone }).format(new Date(iso))

/** "40 seconds", "15 minutes": a wait, rounded up so that nobody tries again too early. */
export function duration(seconds: number, language: string): string {
  const [unit, count] = seconds < 90 ? ['second', Math.ceil(seconds)] : ['minute', Math.ceil(seconds / 60)]
  return new Intl.NumberFormat(regional(language), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'long',
  }).format(Number(count))
}
