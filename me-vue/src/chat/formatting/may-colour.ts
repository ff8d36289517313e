import type { InjectionKey } from 'vue'

/** Whether a block of code is shown in colours from its first moment; without it each is. */
export const MAY_COLOUR: InjectionKey<(code: string) => boolean> = Symbol('may-colour')

/**
 * The longest block with colours in a document, and the most code with colours, in UTF-16 units. Some grammars take
 * time with the square of a block's length, for which everybody waits whom the server serves: the worst code known
 * takes 5 ms for each thousand.
 */
const BLOCK_MAX = 1_000
const DOCUMENT_MAX = 4_000

/** Lets the first blocks of a document have colours, as far as that is quick; the chat colours the others. */
export function colourFirst(): (code: string) => boolean {
  let coloured = 0
  return ({ length }) => {
    const may = length <= BLOCK_MAX && coloured + length <= DOCUMENT_MAX
    if (may) coloured += length
    return may
  }
}
