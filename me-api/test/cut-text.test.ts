import { expect, test } from '@jest/globals'
import { cutText, firstCharacter } from '../src/contract/cut-text.ts'

const family = '👩‍👩‍👧‍👦'

test.each([
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab'],
  ['', 5, ''],
  // An emoji of two units, of several code points, a flag, a keycap, a tone of skin.
  ['a🦊🦊', 4, 'a🦊'],
  [`a${family}b`, 8, 'a'],
  [`${family}b`, family.length, family],
  ['🇸🇪🇳🇴', 6, '🇸🇪'],
  ['1️⃣2️⃣', 5, '1️⃣'],
  ['👍🏽👍🏽', 7, '👍🏽'],
  // A letter and its marks.
  ['e\u0301e\u0301', 3, 'e\u0301'],
  ['tiếng Việt'.normalize('NFD'), 4, 'ti'],
  ['नमस्ते', 3, 'नम'],
  ['각각'.normalize('NFD'), 4, '각'.normalize('NFD')],
  ['a\r\nb', 2, 'a'],
])('cutText cuts %j to at most %i units: %j', (text, max, cut) => {
  expect(cutText(text, max)).toBe(cut)
})

test('cutText bounds a character with any number of marks, and never halves a code point', () => {
  expect(cutText(`.${'\u0347'.repeat(99)}`, 10)).toHaveLength(10)
  expect(cutText('🦊', 1)).toBe('')
  expect(cutText(`${'🦊\u200d'.repeat(50)}🦊`, 100).isWellFormed()).toBe(true)
})

test('each length of a text of many kinds of characters is cut between two of them', () => {
  const text = `a🦊${family}🇸🇪1️⃣e\u0301नि`
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  const starts = characters.map((_, index) => characters.slice(0, index).join(''))
  for (let max = 0; max < text.length; max++)
    expect(cutText(text, max)).toBe(starts.findLast((start) => start.length <= max) || text.slice(0, max))
})

test('firstCharacter is the first character as one sees it', () => {
  expect(['abc', `${family}x`, '🇸🇪🇳🇴', 'e\u0301a', ''].map(firstCharacter)).toEqual([
    'a',
    family,
    '🇸🇪',
    'e\u0301',
    '',
  ])
})
