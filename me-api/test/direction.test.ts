import { expect, test } from '@jest/globals'
import { isolated } from '../src/contract/direction.ts'

test.each(['שרה', 'عمر', 'a שרה', 'ߒߞߏ', '𐤀', 'ab\u200f', 'ﷺ'])('%j is isolated', (text) =>
  expect(isolated(text)).toBe(`\u2068${text}\u2069`),
)

test.each(['Ada', 'Åsa Öst', 'Νίκος', 'Иван', '小明', '', '🦊', '12'])('%j stays as it is', (text) =>
  expect(isolated(text)).toBe(text),
)

test('characters that change the direction cannot reach what stands after a text', () => {
  for (const control of '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
    expect(isolated(`a${control}b`)).toBe('\u2068ab\u2069')
})
