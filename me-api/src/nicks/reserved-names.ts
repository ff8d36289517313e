import { atAGlance, latinised } from './look-alikes.ts'

/** Words for the roles of owner and moderator in the site's three languages (docs/contract.md §5). */
const roleWords = [
  ...['owner', 'admin', 'administrator', 'sysadmin', 'moderator', 'mod', 'system'],
  ...['owners', 'admins', 'administrators', 'sysadmins', 'moderators', 'mods'],
  ...['staff', 'support', 'webmaster', 'adminteam', 'modteam', 'staffteam', 'supportteam'],
  ...['ägare', 'ägaren', 'administratör', 'administratören', 'moderatorn', 'systemet', 'supporten'],
  ...['adminen', 'administratörer', 'administratörerna', 'moderatorer', 'moderatorerna'],
  ...['eier', 'eieren', 'eiere', 'eierne', 'administratoren', 'moderatoren'],
  ...['administratorer', 'administratorene', 'moderatorene'],
]

/**
 * Whether a nick looks like a reserved name or a role word, either as a whole or as one or more whole words of the
 * nick. A name of one letter is reserved as the whole nick only: "A" is reserved, "A Fox" is free.
 */
export function looksReserved(nick: string, names: readonly string[]): boolean {
  const looks = names.map((name) => lookOf(wordsOf(name)))
  const words = wordsOf(nick)
  return words.some((_, start) =>
    words.slice(start).some((_, more) => {
      const run = words.slice(start, start + more + 1)
      const look = lookOf(run)
      if (look.length === 1 && run.length < words.length) return false
      return roleLooks.has(look) || looks.includes(look)
    }),
  )
}

/**
 * Splits a nick into words: `Ada-Lovelace2` has three, and so has `AdaLovelace2`. Modifier letters (`ʼ`, `ː`)
 * separate words like punctuation.
 */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu, ' ')
      .split(/[^\p{L}\p{N}]+|\p{Lm}+/u)
      // Some letters look like punctuation, such as `ǃ` and `ꓸ`.
      .flatMap((word) => latinised(word).split(/[^\p{L}\p{N}]+/u))
      .filter((word) => word !== '')
  )
}

const lookOf = (words: string[]): string => atAGlance(words.join(''))

const roleLooks = new Set(roleWords.map((word) => lookOf(wordsOf(word))))
