const MINUTE = 60_000
/** Unit, its length, and the milliseconds from which the next unit is used. */
const UNITS = [
  ['minute', MINUTE, 60 * MINUTE],
  ['hour', 60 * MINUTE, 24 * 60 * MINUTE],
  ['day', 24 * 60 * MINUTE, 30 * 24 * 60 * MINUTE],
  ['month', 30 * 24 * 60 * MINUTE, Infinity],
] as const

/** "2 hours ago", "yesterday": how long ago something was, roughly, and never in the future. Both in milliseconds. */
export function relativeTime(then: number, now: number, language: string): string {
  const passed = Math.max(MINUTE, now - then)
  const [unit, length] = UNITS.find(([, , below]) => passed < below)!
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.floor(passed / length), unit)
}
