/** Values per statement: keeps the parameters below SQLite's limit of 32,766 and PostgreSQL's of 65,535. */
const AT_ONCE = 1_000

/** Splits a list that may be as long as there are people, for statements that take each of its values as a parameter. */
export function* inChunks<One>(all: readonly One[], size = AT_ONCE): Generator<One[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size)
}
