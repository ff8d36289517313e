/** Beyond either of these a text is folded, to about two thirds of it. */
const CHARACTERS = 1_200
const LINES = 18

/** The beginning of a text too long to show whole, or null where it is short enough. */
export function folded(text: string): string | null {
  const lines = text.split('\n', LINES + 1)
  if (text.length <= CHARACTERS && lines.length <= LINES) return null
  const start = lines
    .slice(0, (LINES * 2) / 3)
    .join('\n')
    .slice(0, (CHARACTERS * 2) / 3)
  return start.replace(/\s\S*$/, '').trimEnd() || start
}
