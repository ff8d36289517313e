import { expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import { triggerAt } from '../src/chat/composer/autocomplete/trigger.ts'
import { suggestionsFor } from '../src/chat/composer/autocomplete/suggestions.ts'

const people = ['Bo', 'Bosse', 'Åsa Öst', 'Zoë', 'Øyvind'].map((nick, index): Person => ({
  id: String(index),
  nick,
  role: 'visitor',
}))
/** The trigger at the caret, which the bar marks. */
const begun = (written: string) => {
  const caret = written.indexOf('|')
  return triggerAt(written.replace('|', ''), caret)
}
const offered = (typed: string, kind: 'nick' | 'emoji' = 'nick') =>
  suggestionsFor({ kind, typed, from: 0 }, people).map(({ words }) => words)

test.each([
  ['@|', { kind: 'nick', typed: '', from: 0 }],
  ['hej @bo| and more', { kind: 'nick', typed: 'bo', from: 4 }],
  ['(@åsa ö|', { kind: 'nick', typed: 'åsa ö', from: 1 }],
  ['https://a.b/c @bo|', { kind: 'nick', typed: 'bo', from: 14 }],
  ['so :tad|', { kind: 'emoji', typed: 'tad', from: 3 }],
  ['@bo :+1|', { kind: 'emoji', typed: '+1', from: 4 }],
  ['שלום @דנ|', { kind: 'nick', typed: 'דנ', from: 5 }],
  ['你好@bo|', { kind: 'nick', typed: 'bo', from: 2 }],
  ['やあ ＠bo|', { kind: 'nick', typed: 'bo', from: 3 }],
])('autocompletion starts in %s', (written, is) => expect(begun(written)).toEqual(is))

test.each([
  'ada@bo|', // a mail address
  '@ |',
  '@b|o', // within a word
  'at 10:30|',
  ':D|',
  'so: yes|',
  ':tada:|',
  'the word `@b|',
  'https://medium.com/@bo|',
  'medium.com/@bo|',
  'http://localhost/chat?x=:smi|',
  'C:\\:smi|',
  '```js\n@dec|',
  '@bo\n|',
  `@${'x'.repeat(25)}|`,
])('autocompletion does not start in %s', (written) => expect(begun(written)).toBeNull())

test('autocompletion finds a nick by the beginning of any of its words, ignoring case and accents', () => {
  expect(offered('BO')).toEqual(['@Bo ', '@Bosse '])
  expect(offered('asa')).toEqual(['@Åsa Öst '])
  expect(offered('ost')).toEqual(['@Åsa Öst '])
  expect(offered('åsa o')).toEqual(['@Åsa Öst '])
  expect(offered('zoe')).toEqual(['@Zoë '])
  expect(offered('oy')).toEqual(['@Øyvind '])
  expect(offered('bo and')).toEqual([])
})

test('autocompletion recognises a nick that is written in full', () => {
  const whole = suggestionsFor({ kind: 'nick', typed: 'bo', from: 0 }, people).map((offer) => offer.whole)
  expect(whole).toEqual([true, false])
})

test('autocompletion finds an emoji by its name, an exact name first', () => {
  expect(offered('heart', 'emoji')[0]).toBe('❤️ ')
  expect(offered('tad', 'emoji')).toEqual(['🎉 '])
  expect(offered('TADA', 'emoji')).toEqual(['🎉 '])
  expect(offered('nothing_such', 'emoji')).toEqual([])
  expect(offered('s', 'emoji')).toHaveLength(6)
})
