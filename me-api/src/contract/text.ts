import { z } from 'zod'

/** Length in code points, so that an emoji counts once. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Replaces what no database stores alike (lone surrogates, NUL) and trims. */
const clean = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD').trim()

/** Something one can see: not only spaces, joiners and fillers. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/u

/** Text kept trimmed, 1 to `max` code points after trimming; too long is `TOO_LONG`, not `INVALID`. */
export const trimmedText = (max: number) =>
  z
    .string()
    .transform(clean)
    .pipe(
      z
        .string()
        .regex(visible, 'must not be empty')
        .refine((text) => text.length <= max || lengthOf(text) <= max, {
          error: `must be at most ${max} characters`,
          params: { code: 'TOO_LONG' },
        }),
    )
