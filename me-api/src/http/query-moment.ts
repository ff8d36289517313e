import { z } from 'zod'

/**
 * A schema for a moment in a query string, in ISO 8601: a date (its beginning in UTC), or a date and time with `Z` or an
 * offset, whose `+` may be written as it is although a query reads it as a space. Its output is in milliseconds.
 */
export const queryMoment = z
  .string()
  .transform((text) => text.replace(/ (?=\d\d:?\d\d$)/, '+'))
  .pipe(
    z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: 'must be a time in ISO 8601 with its zone, such as 2026-11-28T18:30:00Z, or a date',
    }),
  )
  .transform((text) => Date.parse(text))
