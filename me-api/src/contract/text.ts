import { z } from 'zod'

/** Length in code points, so that an emoji counts once. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Replaces what no database stores alike: lone surrogates, NUL. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** Something one can see: not only spaces, joiners and fillers. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/u

/** Text kept as it is, up to `max` UTF-16 units, where nothing at all will do too. */
export const anyText = (max: number) => z.string().max(max).transform(storable).pipe(z.string())

/** An id as somebody tells it. One that cannot be is nobody's; it is no fault, and no database stumbles on it. */
export const anyId = z
  .string()
  .min(1)
  .transform((id) => storable(id).toLowerCase())
  .pipe(z.string())

/** Text kept trimmed, 1 to `max` code points after trimming; too long is `TOO_LONG`, not `INVALID`. */
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
