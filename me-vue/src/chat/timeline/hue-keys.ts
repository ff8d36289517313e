import type { Message, Person } from 'me-api/contract'

/** How many of the latest messages are asked for their author. */
const LOOK_AT = 100

/** The ids of those who need hues that differ: those who are here, and those who spoke lately. */
export const hueKeys = (people: readonly Person[], messages: readonly Message[]): ReadonlySet<string> =>
  new Set([...people, ...messages.slice(-LOOK_AT).map(({ author }) => author)].map(({ id }) => id))
