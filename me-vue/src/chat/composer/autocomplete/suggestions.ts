import type { Person } from 'me-api/contract'
import { emojiNames } from 'me-api/contract/emoji'
import { folded } from 'me-api/contract/mentions'
import { findEmoji } from '../../formatting/emoji.ts'
import type { Trigger } from './trigger.ts'

/** A suggestion: `words` replaces what was typed. */
type Suggestion = {
  key: string
  words: string
  /** The text already has it. */
  whole: boolean
  person?: Person
  emoji?: { sign: string; name: string }
}

/** The most suggestions: more cannot be read at a glance, and another letter narrows them down. */
const AT_MOST = 6

/** The suggestions for what was typed; those that begin with it come before those of which a later word does. */
export function suggestionsFor(
  { kind, typed }: Trigger,
  people: readonly Person[],
  emojiWords: Readonly<Record<string, string>> = {},
): Suggestion[] {
  const all = kind === 'nick' ? nicks(folded(typed), people) : emojis(typed.toLowerCase(), emojiWords)
  return all.slice(0, AT_MOST)
}

function nicks(typed: string, people: readonly Person[]): Suggestion[] {
  const found = people.flatMap((person) => {
    const nick = folded(person.nick ?? '')
    const rank = nick.startsWith(typed) ? 0 : nick.includes(` ${typed}`) ? 1 : 2
    return person.nick && rank < 2 ? [{ person, nick, rank }] : []
  })
  return found
    .toSorted((a, b) => a.rank - b.rank || a.nick.localeCompare(b.nick))
    .map(({ person, nick }) => ({
      key: person.id,
      words: `@${person.nick} `,
      whole: nick === typed,
      person,
    }))
}

function emojis(typed: string, local: Readonly<Record<string, string>>): Suggestion[] {
  const exact = emojiNames.get(typed)
  const rank = (sign: string, words: string) => (sign === exact ? 0 : words.startsWith(typed) ? 1 : 2)
  return findEmoji(typed, local)
    .toSorted((a, b) => rank(a.emoji, a.words) - rank(b.emoji, b.words))
    .map(({ emoji: sign, words }) => {
      const all = words.split(' ')
      const name = all.find((word) => word.startsWith(typed)) ?? all[0] ?? ''
      return { key: sign, words: `${sign} `, whole: false, emoji: { sign, name } }
    })
}
