import { z } from 'zod'

/** Length in code points, so that an emoji counts once. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Replaces what databases store differently: lone surrogates and NUL. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/**
 * Characters that draw nothing although they are no space: invisible ones, annotations and the place of an object, the
 * empty Braille pattern, fillers, and the blanks of musical notes, sign writing and hieroglyphs with their joiners.
 */
const blank = String.raw`\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\u303f\ufff9-\ufffc\u{13430}-\u{1343f}\u{13441}\u{13442}\u{1d159}\u{1da7f}\u{1da80}`

/** A mark draws on another character only, and what is not assigned has no look yet, but for places kept for emoji. */
const visible = new RegExp(
  String.raw`[^\p{White_Space}\p{M}\p{Cn}${blank}]|[\p{Extended_Pictographic}&&\p{Cn}]`,
  'v',
)
const blankCharacter = new RegExp(`[${blank}]`, 'v')

/**
 * Markdown's marks, which formatting takes away from around a blank, and the backslash that breaks a line; but not where
 * they are a keycap such as *️⃣.
 */
const markup = /[*_~`>](?!\ufe0f?\u20e3)|\\(?=\n)/gu

/** Whether a text holds a character that draws nothing and is no space. */
export const hasBlank = (text: string): boolean => blankCharacter.test(text)

/** Whether a text draws anything at all, also when it is formatted. */
const isVisible = (text: string): boolean => visible.test(hasBlank(text) ? text.replace(markup, '') : text)

/** Refuses text of more than `max` code points with `TOO_LONG` instead of `INVALID`. */
const atMost = (max: number) =>
  z.string().refine((text) => text.length <= max || lengthOf(text) <= max, {
    error: `must be at most ${max} characters`,
    params: { code: 'TOO_LONG' },
  })

/** Text stored unchanged, up to `max` code points; it may be empty. */
export const anyText = (max: number) =>
  z.string().transform(storable).pipe(atMost(max)).meta({ maxLength: max })

/** An id as a client sends it. An impossible id is valid input, matches nothing, and causes no database error. */
export const anyId = z
  .string()
  .min(1)
  .transform((id) => storable(id).toLowerCase())
  .pipe(z.string())

/** The same for an id in which upper and lower case differ. */
export const anyExactId = z.string().min(1).transform(storable).pipe(z.string())

/** Trimmed text of 1 to `max` code points. Longer text is refused with `TOO_LONG` instead of `INVALID`. */
export const trimmedText = (max: number) =>
  z
    .string()
    .transform((text) => storable(text).trim())
    .pipe(atMost(max).refine(isVisible, 'must not be empty'))
    .meta({ minLength: 1, maxLength: max })
