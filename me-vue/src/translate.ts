import { isolated } from 'me-api/contract/direction'

/** A language's words: sentences by their keys, some in groups. */
export type Words = { [key: string]: string | Words }

/** What a sentence takes: a number for its form, values for its places, a text that stands in where there is none. */
export type Given = number | string | Record<string, unknown>

/**
 * The sentence at a key such as `site.home`. `{name}` is the place of a value, and `{'@'}` a character as it is. Forms
 * for numbers are separated by ` | `: one for each number from 0, the last for all higher ones; two are singular and
 * plural. The number is given by itself, and is `{n}` too, or as the value `n`. Where there is no sentence, the text
 * that was given (by itself, or as the value `default`) is the answer as it is, and else the key.
 */
export function translate(words: Words, key: string, ...given: Given[]): string {
  const values: Record<string, unknown> = {}
  for (const one of given)
    Object.assign(
      values,
      typeof one === 'number' ? { n: one } : typeof one === 'string' ? { default: one } : one,
    )
  const sentence = sentenceAt(words, key)
  if (sentence === undefined) return String(values.default ?? key)
  return formFor(Number(values.n), sentence.split(' | ')).replace(
    /\{(?:'([^']*)'|(\w+))\}/g,
    (_, asItIs?: string, name = '') => asItIs ?? written(values[name]),
  )
}

function sentenceAt(words: Words, key: string): string | undefined {
  let found: string | Words | undefined = words
  for (const name of key.split('.'))
    found = typeof found === 'object' && Object.hasOwn(found, name) ? found[name] : undefined
  return typeof found === 'string' ? found : undefined
}

const formFor = (count: number, forms: string[]): string =>
  (forms.length === 2 ? forms[Number(count !== 1)] : forms[count]) ?? forms.at(-1)!

/** What others wrote is isolated wherever a sentence takes it, so that it cannot turn the sentence round. */
const written = (value: unknown): string =>
  typeof value === 'string' ? isolated(value) : String(value ?? '')
