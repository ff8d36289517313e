import { shorten } from '../contract/cut-text.ts'
import { withoutDirectionControls } from '../contract/direction.ts'

/**
 * A text for one line of a mail's header: without line breaks, control characters, and characters that turn the direction
 * of what follows, and at most `max` UTF-16 units long.
 */
export function headerText(text: string, max: number): string {
  const line = withoutDirectionControls(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f]/g, '')
    .trim()
  return shorten(line, max)
}
