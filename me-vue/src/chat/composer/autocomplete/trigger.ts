import { findLinks } from 'me-api/contract/links'
import { NICK_MAX } from 'me-api/contract/limits'
import { wordBefore } from 'me-api/contract/mentions'

/** The beginning of a nick or of an emoji's name in the text, and the position of its sign. */
export type Trigger = { kind: 'nick' | 'emoji'; typed: string; from: number }

/** Two letters at least, so that `:D` and `:)` stay what they are; not within a time or a path. */
const SHORTCODE = /(?<![\p{L}\p{N}:\\]):([\p{L}\p{N}_+-]{2,40})$/u
/** A nick may contain spaces, so it continues until it is no nick any more; an e-mail address starts none. */
const NICK = /[@＠]((?! )[^@＠\n]*)$/u

/** Characters before the caret that are searched for a link. */
const LOOK_AT = 2_000

/** What is being begun right before the caret. Code and links are left alone: there an @ is an @. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret)
  if (/^[\p{L}\p{N}_]/u.test(text.slice(caret)) || before.split('`').length % 2 === 0) return null
  if (isInLink(before.slice(-LOOK_AT))) return null
  const [, name] = SHORTCODE.exec(before) ?? []
  if (name) return { kind: 'emoji', typed: name, from: caret - name.length - 1 }
  const [, nick] = NICK.exec(before) ?? []
  if (nick === undefined || [...nick].length > NICK_MAX) return null
  const from = caret - nick.length - 1
  return wordBefore.test(before.slice(0, from)) ? null : { kind: 'nick', typed: nick, from }
}

const isInLink = (before: string): boolean =>
  findLinks(before).some(({ kind, end }) => kind !== 'email' && end === before.length)
