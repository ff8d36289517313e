import { type Emoji, emojis } from 'me-api/contract/emoji'

/**
 * The emoji with a word that begins with the query, colons and accents or not; all of them for an empty query.
 * @param local each emoji's words in the reader's language (useEmojiWords), found and returned before the English ones
 */
export function findEmoji(wanted: string, local: Readonly<Record<string, string>> = {}): Emoji[] {
  const start = fold(wanted.trim()).replaceAll(':', '').replaceAll(' ', '_')
  const all = emojis.map(({ emoji, words }) => ({
    emoji,
    words: local[emoji] ? `${local[emoji]} ${words}` : words,
  }))
  if (!start) return all
  const begins = (text: string) =>
    text.split(/[ _]/).some((_, index, parts) => parts.slice(index).join('_').startsWith(start))
  return all.filter(({ emoji, words }) => emoji === wanted.trim() || begins(fold(words)))
}

const fold = (text: string) => text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
