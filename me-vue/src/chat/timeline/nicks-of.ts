import type { Message, Person } from 'me-api/contract'

/** How many of the latest messages are asked for their author's nick. */
const LOOK_AT = 500

/** Author id → nick, of those who are here and those who spoke lately. */
export function nicksOf(
  messages: readonly Message[],
  people: readonly Person[],
): ReadonlyMap<string, string> {
  const nicks = new Map(messages.slice(-LOOK_AT).map(({ author }) => [author.id, author.nick]))
  for (const { id, nick } of people) if (nick) nicks.set(id, nick)
  return nicks
}
