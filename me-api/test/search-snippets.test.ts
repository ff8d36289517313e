import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readTerms, snippetOf } from '../src/chat/search/search-query.ts'
import { indexedTextOf, wordsIn } from '../src/search-words.ts'

test('the words of any text are the same with and without their places, which lie in the text', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom(...'中文ガﾊﾞか\u3099İßς\u0301\u200d👩🏽🇸 éa1 ข้'),
  )
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
      const text = units.join('')
      const words = wordsIn(text)
      expect(words.map((word) => word.text).join(' ')).toBe(indexedTextOf(text))
      for (const { from, to } of words) expect(from < to && to <= text.length).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

describe('snippets', () => {
  const long = `${'word '.repeat(60)}Elephant ${'tail '.repeat(60)}`

  test('a snippet is the text around the first hit, with matching marks', () => {
    const { snippet, marks } = snippetOf(long, readTerms('elephant'))
    expect(snippet.length).toBeLessThanOrEqual(162)
    expect(snippet).toMatch(/^…word .*Elephant tail.*…$/)
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['Elephant'])
  })

  test('a snippet counts in UTF-16 units and never splits a character', () => {
    const { snippet, marks } = snippetOf('🚂🚂 tåget går', readTerms('taget'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['tåget'])
    for (const one of ['🚂', '👩‍👩‍👧‍👦', '🇸🇪', 'e\u0301'])
      for (const before of ['', 'a'])
        expect(snippetOf(before + one.repeat(200), readTerms('x')).snippet).toMatch(
          new RegExp(`^${before}(?:${one})+…$`, 'u'),
        )
  })

  test('a snippet marks a phrase as one hit', () => {
    const { snippet, marks } = snippetOf('to be or not to be', readTerms('"to be" or'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['to be', 'or', 'to be'])
  })

  test.each([
    ['at the end of a long text', `${'word '.repeat(3_000)}Elephant`, 'elephant', 'Elephant'],
    ['after many words that only contain it', `${'bananas '.repeat(1_500)}na`, '"na"', 'na'],
    ['across a chunk of the text', `${'x'.repeat(1_020)} nice elephant`, '"nice elephant"', 'nice elephant'],
    ['behind accents', `${'e\u0301te\u0301 '.repeat(600)}éléphant`, 'elephant', 'éléphant'],
    ['in another script', `${'слово '.repeat(900)}Слон`, 'слон', 'Слон'],
    ['inside a text without spaces', `${'漢字'.repeat(1_500)}中文${'漢字'.repeat(500)}`, '中文', '中文'],
    ['of one character', `${'漢字'.repeat(1_500)}中文${'漢字'.repeat(500)}`, '中', '中'],
    ['of a character with marks', `${'ไปกิน'.repeat(600)}ข้าว`, 'ข้', 'ข้'],
    ['of an emoji', `${'🚂'.repeat(1_500)}👩🏽‍🚀${'🚂'.repeat(500)}`, '🚀', '👩🏽‍🚀'],
    ['in half width', `${'ﾊﾞ'.repeat(1_000)}ｶﾞｰﾃﾞﾝ`, 'ガーデン', 'ｶﾞｰﾃﾞﾝ'],
    [
      'in decomposed Hangul',
      `${'가나'.normalize('NFD').repeat(600)}${'민국'.normalize('NFD')}`,
      '민국',
      '민국'.normalize('NFD'),
    ],
    ['behind letters that fold to two', `${'ß '.repeat(900)}Straße`, 'STRASSE', 'Straße'],
  ])('a snippet finds its hit %s', (_, text, q, hit) => {
    const { snippet, marks } = snippetOf(text, readTerms(q))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual([hit])
  })

  test('a snippet finds a hit at any position', () => {
    for (let before = 0; before < 2_400; before += 1) {
      const { snippet, marks } = snippetOf(
        `${'x'.repeat(before)} to be, ${'y'.repeat(300)}`,
        readTerms('"to be"'),
      )
      expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['to be'])
    }
  })

  test('a snippet marks whole words only', () => {
    const { snippet, marks } = snippetOf(`elephant ${'x'.repeat(146)}elephant`, readTerms('elephant "xxx"'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['elephant'])
    expect(
      snippetOf(`${'x'.repeat(1_023)}nice x ${'word '.repeat(90)}nice`, readTerms('"nice"')).snippet,
    ).toMatch(/word nice$/)
  })

  test('a snippet has only the marks within it', () => {
    const { snippet, marks } = snippetOf('a b '.repeat(4_000), readTerms('"a" "b"'))
    expect(marks).toHaveLength(80)
    expect(marks.at(-1)?.[1]).toBeLessThanOrEqual(snippet.length)
  })
})
