import type { Message, Person } from 'me-api/contract'

/** How many of the latest messages are asked for their author's nick. */
const LOOK_AT = 500

/** Author id → nick, of those who are here and those who spoke lately. */
export function nicksOf(
  messages: readonly Message[],
  people: readonly Person[],
): ReadonlyMap<string, string> {
  const authors = messages.slice(-LOOK_AT).map(({ author }) => author)
  return new Map([...authors, ...people].flatMap(({ id, nick }) => (nick ? [[id, nick]] : [])))
}
