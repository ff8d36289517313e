const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * The beginning of a text, at most `max` UTF-16 units long, that ends between two characters as a reader sees them: not
 * within an emoji, a flag or a letter and its marks.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text
  // Where a character begins depends on what stands before it and on itself alone.
  const { index = 0 } = characters.segment(text.slice(0, max + 2)).containing(max) ?? {}
  // One character can have any number of marks.
  return index > 0 ? text.slice(0, index) : text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
}

/** A text of at most `max` UTF-16 units; what is longer is cut, and ends in an ellipsis that comes on top. */
export function shorten(text: string, max: number): string {
  const cut = cutText(text, max)
  return cut === text ? text : `${cut}…`
}

/** The first character of a text as a reader sees it; '' for an empty text. */
export const firstCharacter = (text: string): string => characters.segment(text).containing(0)?.segment ?? ''
