import { atAGlance, latinised } from './look-alikes.ts'

/** Words for the owner's and moderators' roles in the site's three languages (docs/contract.md §5). */
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
 * Whether a nick looks like one of the names, or like a role's word: written together, or where such a one occurs in
 * it as whole words. A name of one letter is reserved as the whole nick only: "A" is reserved, "A Fox" is free.
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

/** `Ada-Lovelace2` is three words; so is `AdaLovelace2`. Modifier letters (`ʼ`, `ː`) separate words as punctuation does. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu, ' ')
      .split(/[^\p{L}\p{N}]+|\p{Lm}+/u)
      // A letter may look like punctuation too, as `ǃ` and `ꓸ` do.
      .flatMap((word) => latinised(word).split(/[^\p{L}\p{N}]+/u))
      .filter((word) => word !== '')
  )
}

const lookOf = (words: string[]): string => atAGlance(words.join(''))

const roleLooks = new Set(roleWords.map((word) => lookOf(wordsOf(word))))
