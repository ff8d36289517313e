import { z } from 'zod'

/** Length in code points, so that an emoji counts once. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Replaces what databases store differently: lone surrogates and NUL. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** Matches a visible character: no space, joiner or filler. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/u

/** Text stored unchanged, up to `max` UTF-16 units; it may be empty. */
export const anyText = (max: number) => z.string().max(max).transform(storable).pipe(z.string())

/** An id as a client sends it. An impossible id is valid input, matches nothing, and causes no database error. */
export const anyId = z
  .string()
  .min(1)
  .transform((id) => storable(id).toLowerCase())
  .pipe(z.string())

/** Trimmed text of 1 to `max` code points. Longer text is refused with `TOO_LONG` instead of `INVALID`. */
export const trimmedText = (max: number) =>
  z
    .string()
    .transform((text) => storable(text).trim())
    .pipe(
      z
        .string()
        .regex(visible, 'must not be empty')
        .refine((text) => text.length <= max || lengthOf(text) <= max, {
          error: `must be at most ${max} characters`,
          params: { code: 'TOO_LONG' },
        }),
    )
    .meta({ minLength: 1, maxLength: max })
