import { describe, expect, test } from '@jest/globals'
import { type Given, translate } from '../src/translate.ts'

const words = {
  home: 'Home',
  page: { title: 'Reports', sub: { hint: 'Deep' } },
  at: "Write {'@'} and {nick}, or {'{nick}'}.",
  typing: '{nick} is typing…',
  one: '{n} message | {n} messages',
  many: 'nobody | one | {n} people, last {when}',
}
const t = (key: string, ...given: Given[]) => translate(words, key, ...given)

test('a key names a sentence, also in groups', () => {
  expect([t('home'), t('page.title'), t('page.sub.hint')]).toEqual(['Home', 'Reports', 'Deep'])
})

test.each([
  'none',
  'page',
  'page.sub',
  'page.none.hint',
  'home.length',
  'constructor',
  'page.toString',
  '__proto__',
  '',
])('there is no sentence at %j: the key, or what was given for it, as it is', (key) => {
  expect(t(key)).toBe(key)
  expect(t(key, 'It has {braces} | bars')).toBe('It has {braces} | bars')
  expect(t(key, { nick: 'ada' }, { default: 'else' })).toBe('else')
  expect(t(key, 2, { default: 'else' })).toBe('else')
})

test('values stand in their places, and characters as they are', () => {
  expect(t('at', { nick: 'ada' })).toBe('Write @ and ada, or {nick}.')
  expect(t('at', {})).toBe('Write @ and , or {nick}.')
  expect(t('typing', { nick: '{n} | $& $1' })).toBe('{n} | $& $1 is typing…')
})

test('a text from right to left is isolated in a sentence, and any other stays as it is', () => {
  expect(t('typing', { nick: 'שרה' })).toBe('\u2068שרה\u2069 is typing…')
  expect(t('typing', { nick: 'a\u202eb' })).toBe('\u2068ab\u2069 is typing…')
  expect(t('typing', { nick: 'Åsa' })).toBe('Åsa is typing…')
})

describe('the form for a number', () => {
  test.each([
    ['one', 0, '0 messages'],
    ['one', 1, '1 message'],
    ['one', 2, '2 messages'],
    ['many', 0, 'nobody'],
    ['many', 1, 'one'],
    ['many', 2, '2 people, last '],
    ['many', 99, '99 people, last '],
  ])('of %s for %i', (key, count, sentence) => {
    expect(t(key, count)).toBe(sentence)
    expect(t(key, { n: count })).toBe(sentence)
  })

  test('takes values beside it, and is the last where no number is given', () => {
    expect(t('many', { when: 'today' }, 3)).toBe('3 people, last today')
    expect(t('home', 3)).toBe('Home')
    expect(t('many', { when: 'today' })).toBe(' people, last today')
  })
})
