/** The day a month before another one, or the last day of a shorter month: for 31 March 28 February. */
function monthBefore(day: Date): Date {
  const last = new Date(day.getFullYear(), day.getMonth(), 0)
  return day.getDate() > last.getDate() ? last : new Date(last.getFullYear(), last.getMonth(), day.getDate())
}

const daysBefore = (day: Date, days: number): Date =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() - days)

/** The moments that the log can be opened at without choosing a date, at midnight in the reader's time zone. */
export const moments = {
  today: (now: Date) => daysBefore(now, 0),
  week: (now: Date) => daysBefore(now, 7),
  month: monthBefore,
  beginning: () => new Date(0),
}

/** The beginning of a day that a date field holds (`2004-12-25`), in the reader's time zone. */
export const beginningOf = (value: string): Date => new Date(`${value}T00:00`)

/** A day as a date field holds it. */
export const fieldValue = (day: Date): string =>
  [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
