import { expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import { triggerAt } from '../src/chat/composer/autocomplete/trigger.ts'
import { suggestionsFor } from '../src/chat/composer/autocomplete/suggestions.ts'

const people = ['Bo', 'Bosse', 'Åsa Öst', 'Zoë', 'Øyvind'].map((nick, index): Person => ({
  id: String(index),
  nick,
  role: 'visitor',
}))
/** What is begun where the bar stands. */
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
  ['so :tad|', { kind: 'emoji', typed: 'tad', from: 3 }],
  ['@bo :+1|', { kind: 'emoji', typed: '+1', from: 4 }],
  ['שלום @דנ|', { kind: 'nick', typed: 'דנ', from: 5 }],
])('%s begins something', (written, is) => expect(begun(written)).toEqual(is))

test.each([
  'ada@bo|', // a mail address
  '@ |',
  '@b|o', // within a word
  'at 10:30|',
  ':D|',
  'so: yes|',
  ':tada:|',
  'the word `@b|',
  '```js\n@dec|',
  '@bo\n|',
  `@${'x'.repeat(25)}|`,
])('%s begins nothing', (written) => expect(begun(written)).toBeNull())

test('a nick is found by how it or a later word of it begins, case and accents aside', () => {
  expect(offered('BO')).toEqual(['@Bo ', '@Bosse '])
  expect(offered('asa')).toEqual(['@Åsa Öst '])
  expect(offered('ost')).toEqual(['@Åsa Öst '])
  expect(offered('åsa o')).toEqual(['@Åsa Öst '])
  expect(offered('zoe')).toEqual(['@Zoë '])
  expect(offered('oy')).toEqual(['@Øyvind '])
  expect(offered('bo and')).toEqual([])
})

test('all of a nick written is known as whole', () => {
  const whole = suggestionsFor({ kind: 'nick', typed: 'bo', from: 0 }, people).map((offer) => offer.whole)
  expect(whole).toEqual([true, false])
})

test('an emoji is found by its name, the one of just that name first', () => {
  expect(offered('heart', 'emoji')[0]).toBe('❤️ ')
  expect(offered('tad', 'emoji')).toEqual(['🎉 '])
  expect(offered('TADA', 'emoji')).toEqual(['🎉 '])
  expect(offered('nothing_such', 'emoji')).toEqual([])
  expect(offered('s', 'emoji')).toHaveLength(6)
})
