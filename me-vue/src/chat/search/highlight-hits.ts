export type Piece = { text: string; isHit: boolean }

/** Splits a snippet into hits and the text around them; `marks` are `[from, to)` in UTF-16 units. */
export function piecesOf(snippet: string, marks: readonly (readonly [number, number])[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  const upTo = (end: number, isHit: boolean) => {
    if (end > at) pieces.push({ text: snippet.slice(at, end), isHit })
    at = Math.max(at, end)
  }
  for (const [from, to] of marks) {
    upTo(Math.min(from, snippet.length), false)
    upTo(Math.min(to, snippet.length), true)
  }
  upTo(snippet.length, false)
  return pieces
}

/** What is asked for: phones write “ ” where the server knows a phrase by " ". */
export const queryOf = (written: string): string => written.replace(/[“”„‟«»]/g, '"').trim()
