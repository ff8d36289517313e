import { describe, expect, test } from '@jest/globals'
import search from 'approx-string-match'
import { distance, findQuote } from '../src/about/anchoring/find-quote.ts'
import { quoteAt } from '../src/about/anchoring/quote-at.ts'
import { proseOf, readHtml, textOfHtml } from './support/prose.ts'

/** The quote of a part of a text, which has to be there: the first one, or the one behind `after`. */
function quoteOf(text: string, part: string, after = '') {
  const start = text.indexOf(part, text.indexOf(after) + after.length)
  expect(start).toBeGreaterThanOrEqual(0)
  return quoteAt(text, start, start + part.length)!
}

function found(text: string, quote: ReturnType<typeof quoteOf>): string | null {
  const place = findQuote(text, quote)
  return place && text.slice(place.start, place.end)
}

const lengthOf = (text: string) => Array.from(text).length

describe('a text is read', () => {
  test.each([
    ['over several elements', 'One **two *three* four** five `six`.', 'One two three four five six.'],
    ['over paragraphs and lines', 'One\ntwo\n\n## Three\n\nfour', 'One two Three four'],
    ['in lists', '- one\n- two\n  1. three\n\nfour', 'one two three four'],
    ['in tables', '| a | b |\n|--|--|\n| c | d |', 'a b c d'],
    ['in code', '```js\nconst a = 1\n\n  return a\n```', 'const a = 1 return a'],
    ['in quotes and footnotes', '> one\n\ntwo[^a]\n\n[^a]: three', /^one two ?\[?1\]? three/],
    ['from right to left', 'שלום **עולם** 123', 'שלום עולם 123'],
    ['without words', '---', ''],
  ])('%s', (_, markdown, text) =>
    text instanceof RegExp ? expect(proseOf(markdown)).toMatch(text) : expect(proseOf(markdown)).toBe(text),
  )

  test('without what the script adds, and with lines that the source does not break', () => {
    const html = '<div class="code-frame"><pre>let a</pre><button>Copy</button></div><p>b</p><p>c<br>d</p>'
    expect(textOfHtml(html)).toBe('let a b c d')
  })

  test('with the place of each character in its own text', () => {
    const { text, pointAt } = readHtml('<p> One\n  <em>two</em></p><p>three</p>')
    expect(text).toBe('One two three')
    const places = Array.from(text, (_, index) => pointAt(index))
    const characters = places.map(({ node, offset }) => node.nodeValue![offset]!)
    // White space stands where it begins, and where a line ends in front of what follows.
    expect(characters.join('')).toBe('One\ntwotthree')
  })
})

describe('a quote is made', () => {
  test('with what stands before and after it', () => {
    const text = proseOf('Why the *log* is the truth, and Redis only wakes.')
    expect(quoteOf(text, 'log is the truth')).toEqual({
      exact: 'log is the truth',
      prefix: 'Why the ',
      suffix: ', and Redis only wakes.',
    })
  })

  test('of at most 300 code points, with at most 32 on both sides', () => {
    const text = '🦊'.repeat(1_000)
    const quote = quoteAt(text, 200, 1_800)!
    expect([quote.exact, quote.prefix, quote.suffix].map(lengthOf)).toEqual([300, 32, 32])
    for (const part of Object.values(quote)) expect(part.isWellFormed()).toBe(true)
  })

  test.each([
    ['a🦊b', 2, 4, '🦊b'],
    ['a🦊b', 0, 2, 'a🦊'],
    ['🦊', 1, 1, '🦊'],
  ])('never of half a code point: %j from %d to %d', (text, start, end, exact) =>
    expect(quoteAt(text, start, end)?.exact).toBe(exact),
  )

  test('with whole code points around it, wherever they begin', () => {
    for (let start = 0; start < 80; start++) {
      const text = `${'a'.repeat(start % 3)}${'👩‍🚀🦊'.repeat(40)}word${'🦊é'.repeat(40)}`
      const at = text.indexOf('word')
      const { prefix, suffix } = quoteAt(text, at - start, at + 4)!
      expect([prefix.isWellFormed(), suffix.isWellFormed()]).toEqual([true, true])
      expect(Math.max(lengthOf(prefix), lengthOf(suffix))).toBeLessThanOrEqual(32)
    }
  })

  test('without white space at its ends, and not of white space alone', () => {
    expect(quoteAt('one two three', 3, 8)?.exact).toBe('two')
    expect(quoteAt('one two', 3, 4)).toBeUndefined()
    expect(quoteAt('', 0, 0)).toBeUndefined()
  })
})

const report = `
Why the log is the truth. The log is read by everybody, and Redis only wakes those who sleep.

- The first thing that I learned: measure.
- The second thing that I learned: measure again.

| test | seconds |
|--|--|
| before | 120 |
| after | 2 |

\`\`\`js
const { url, close } = await startApp({ port: 0 })
\`\`\`

The log is short. 🦊 ends it all 🎉
`
const text = proseOf(report)

describe('a passage is found again', () => {
  test.each([
    ['over several elements', 'who sleep. The first thing'],
    ['in a list', 'The second thing that I learned'],
    ['in a table', 'before 120 after'],
    ['in code', 'await startApp({ port: 0 })'],
    ['with an emoji at its edge', '🦊 ends it all 🎉'],
    ['of one character', '🎉'],
  ])('as it was, %s', (_, part) => expect(found(text, quoteOf(text, part))).toBe(part))

  test('among repeated words, by what is around it', () => {
    for (const after of ['', 'truth. ', 'only wakes']) {
      const quote = quoteOf(text, 'he log is', after)
      const place = findQuote(text, quote)!
      expect(place.start).toBe(text.indexOf('he log is', text.indexOf(after) + after.length))
    }
  })

  test('of one letter among thousands, by what is around it', () => {
    const many = proseOf('Every letter here is one of many. '.repeat(1_500) + 'The last letter of all.')
    const quote = quoteOf(many, 'e', 'The last l')
    expect(findQuote(many, quote)!.start).toBe(many.lastIndexOf('letter') + 1)
  })

  test('when the text around it was edited, and lines are broken elsewhere', () => {
    const quote = quoteOf(text, 'The second thing that I learned')
    const edited = proseOf(
      report
        .replace('The first thing that I learned: measure.', 'Measure, I learned.')
        .replace('The second thing that', 'The second\n  thing **that**'),
    )
    expect(found(edited, quote)).toBe('The second thing that I learned')
  })

  test.each([
    ['of a word', 'Redis only wakes those who sleep', 'Redis merely wakes those who sleep'],
    ['of a typing error', 'measure again.', 'meassure agian.'],
    ['of markup alone', 'The log is read by everybody', 'The **log** is _read_ by everybody'],
    ['of letters from right to left', 'everybody', 'כולם'],
  ])('after a change %s', (_, before, after) => {
    const quote = quoteOf(text, proseOf(before))
    expect(found(proseOf(report.replace(before, after)), quote)).toBe(proseOf(after))
  })

  test('where it was written anew, between what stood before and after it', () => {
    const quote = quoteOf(text, 'The log is read by everybody')
    const edited = proseOf(report.replace('The log is read by everybody', 'Nobody writes past it'))
    expect(found(edited, quote)).toBe('Nobody writes past it')
  })

  test('where it has moved with a change in it', () => {
    const quote = quoteOf(text, 'Redis only wakes those who sleep')
    const edited = proseOf(`Redis only wakes the ones who sleep.\n\n${report.replace(/, and Redis.*/, '.')}`)
    expect(found(edited, quote)).toMatch(/^Redis only wakes the ones who sleep\.?$/)
  })

  test('in whole code points where letters outside the basic plane have changed', () => {
    const quote = quoteOf('before 🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊 after', '🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊')
    const place = found('before 🦊🦊🦊🦊🦊🐻🦊🦊🦊🦊🦊🦊 after', quote)
    expect(place?.isWellFormed()).toBe(true)
    expect(place).toMatch(/^🦊+🐻🦊+$/u)
  })

  test('by the quote of another program, with the page’s own line breaks', () => {
    const quote = { exact: '\n who sleep.\n\n  The first\tthing ', prefix: '', suffix: '' }
    expect(found(text, quote)).toBe('who sleep. The first thing')
  })
})

describe('the distance between a text and what is wanted', () => {
  test.each([
    ['', 'log'],
    ['log', ''],
    ['the log is', 'log'],
    ['the lug is', 'log'],
    ['the lg', 'log'],
    ['abc', 'xyz'],
    ['xbyczd', 'abcd'],
    ['🦊a🐻', '🦊b🐻'],
    ['the truth, and Redis only wakes', 'of the truth: Redis merely wakes'],
  ])('%j, %j', (text, wanted) =>
    expect(distance(text, wanted)).toBe(search(text, wanted, wanted.length)[0]?.errors ?? wanted.length),
  )
})

describe('a passage is not found', () => {
  test.each([
    ['that was deleted', 'The log is read by everybody, and Redis only wakes those who sleep.'],
    ['of a few letters that was deleted', 'everybody'],
  ])('%s', (_, part) => {
    const quote = quoteOf(text, part)
    expect(found(proseOf(report.replace(part, '')), quote)).toBeNull()
  })

  test('in a text that is another one altogether', () => {
    const other = proseOf(
      '## Lisp\n\nEvery list begins with a bracket, and so does this report of mine. '.repeat(20),
    )
    for (const part of ['the truth', 'measure', 'only wakes those who sleep', '🎉'])
      expect(found(other, quoteOf(text, part))).toBeNull()
  })

  test.each(['', ' ', '\n'])('in an empty text, or where the quote is empty: %j', (empty) => {
    expect(findQuote(empty, quoteOf(text, 'the truth'))).toBeNull()
    expect(findQuote(text, { exact: empty, prefix: 'Why', suffix: '' })).toBeNull()
  })
})
