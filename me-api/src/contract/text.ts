import { z } from 'zod'

/** Length in code points, so that an emoji counts once. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Replaces what no database stores alike (lone surrogates, NUL) and trims. */
const clean = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD').trim()

/** Text kept trimmed, 1 to `max` code points after trimming; too long is `TOO_LONG`, not `INVALID`. */
export const trimmedText = (max: number) =>
  z
    .string()
    .transform(clean)
    .pipe(
      z
        .string()
        .min(1, 'must not be empty')
        .refine((text) => text.length <= max || lengthOf(text) <= max, {
          error: `must be at most ${max} characters`,
          params: { code: 'TOO_LONG' },
        }),
    )
