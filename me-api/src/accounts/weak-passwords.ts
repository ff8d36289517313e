import { PASSWORD_MIN, type User, lengthOf } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import { foldText } from '../search-words.ts'

type Parts = {
  /** Returns the name in the site's header; null before the owner has written one. */
  siteName: () => Promise<string | null>
}

/**
 * Refuses passwords that are tried first by somebody who guesses: too short, on the list of common ones, predictable,
 * or the name of the site or of the user. Compared as a whole; case, accents, width and spaces around make no
 * difference.
 */
export function createWeakPasswords({ siteName }: Parts) {
  return {
    /** `pointer` is the field that holds the password. @throws {Refusal} WEAK */
    async refuse(
      password: string,
      { email, nick }: Pick<User, 'email' | 'nick'>,
      pointer = '/password',
    ): Promise<void> {
      if (lengthOf(password) < PASSWORD_MIN)
        throw new Refusal('WEAK', `A password has at least ${PASSWORD_MIN} characters.`, { pointer })
      const text = folded(password)
      const names = [await siteName(), nick, email, email.split('@')[0]].map((name) => folded(name ?? ''))
      if (names.includes(text) || isPredictable(text) || (await commonPasswords()).includes(text))
        throw new Refusal('WEAK', 'That password is easy to guess. Choose another one.', { pointer })
    },
  }
}

export type WeakPasswords = ReturnType<typeof createWeakPasswords>

const folded = (text: string): string => foldText(text).trim()

/** Loaded when first needed: 49,000 passwords, the most common first, in lower case. */
async function commonPasswords(): Promise<string[]> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return dictionary['passwords-common']
}

const rows = ['1234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'qwertzuiop', 'azertyuiop']

/**
 * Whether a password is a short part repeated (`abc123abc123`), or follows the digits, the alphabet or the first row
 * of a keyboard, forwards or backwards. The list of common passwords leaves these out.
 */
function isPredictable(text: string): boolean {
  if (!/^[ -~]*$/.test(text)) return false
  for (let part = 1; part < PASSWORD_MIN && 2 * part <= text.length; part++)
    if (text.startsWith(text.slice(part))) return true
  const backwards = [...text].toReversed().join('')
  return rows.some((row) => {
    const endless = row.repeat(Math.ceil(text.length / row.length) + 1)
    return endless.includes(text) || endless.includes(backwards)
  })
}
