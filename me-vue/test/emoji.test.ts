import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { USUAL } from '../src/chat/client/message-actions.ts'
import { findEmoji } from '../src/chat/formatting/emoji.ts'

const emojiWords = (language: string) =>
  JSON.parse(
    readFileSync(new URL(`../src/chat/formatting/emoji-words/${language}.json`, import.meta.url), 'utf8'),
  ) as Record<string, string>

test('every offered emoji is accepted by the server and offered once', () => {
  const all = findEmoji('').map(({ emoji }) => emoji)
  expect(all.length).toBeGreaterThan(200)
  expect(new Set(all).size).toBe(all.length)
  expect([...all, ...USUAL].filter((emoji) => !/^\p{RGI_Emoji}$/v.test(emoji))).toEqual([])
})

test('an emoji is found by the beginning of any of its words', () => {
  const found = (words: string) => findEmoji(words).map(({ emoji }) => emoji)
  expect(found(':tada:')).toEqual(['🎉'])
  expect(found('cof')).toEqual(['☕'])
  expect(found('heart eyes')).toEqual(['😍'])
  expect(found('🦦')).toEqual(['🦦'])
  expect(found('nothing like it')).toEqual([])
})

test.each([
  ['sv', 'hjärt', '❤️'],
  ['sv', 'hjarta', '❤️'],
  ['sv', 'kaffe', '☕'],
  ['sv', ':tåg:', '🚆'],
  ['nb', 'hjerte', '❤️'],
  ['nb', 'bæsj', '💩'],
  ['nb', 'coffee', '☕'],
])('in %s “%s” finds %s, and English words find too', (language, wanted, emoji) => {
  expect(findEmoji(wanted, emojiWords(language)).map((one) => one.emoji)).toContain(emoji)
})

test('every offered emoji has words in every language, and nothing else has', () => {
  const offered = findEmoji('').map(({ emoji }) => emoji)
  for (const language of ['sv', 'nb']) expect(Object.keys(emojiWords(language))).toEqual(offered)
})
