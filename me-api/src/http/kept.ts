/** Answers kept of one revision: a stranger can ask for some of them under many names, such as hosts. */
const KEPT_MAX = 100

/**
 * Keeps what is dear to make until the content it is made of changes. `revision` tells that content's state, cheaply;
 * whoever asks while an answer is being made waits for that one.
 */
export function createKept<Answer>(revision: () => Promise<string>) {
  let made = new Map<string, Promise<Answer>>()
  let madeOf: string | undefined

  return async function kept(name: string, make: () => Promise<Answer>): Promise<Answer> {
    const now = await revision()
    if (now !== madeOf) made = new Map()
    madeOf = now
    const known = made.get(name)
    if (known) return known
    if (made.size >= KEPT_MAX) made = new Map()
    const [mine, among] = [make(), made]
    among.set(name, mine)
    // What could not be made is tried again by the next who asks.
    mine.catch(() => among.delete(name))
    return mine
  }
}

export type Kept<Answer> = ReturnType<typeof createKept<Answer>>
