import { describe, expect, test } from '@jest/globals'
import { highlight } from '../src/chat/formatting/highlight.ts'
import { type Node, readMarkdown } from '../src/chat/formatting/markdown.ts'
import { hasMarkup, isLoneEmoji } from '../src/chat/formatting/markup.ts'

/** The tree as a line: `p(em(so) and code‹x›)`. */
const line = (nodes: Node[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text
      if (node.kind === 'break') return '⏎'
      if (node.kind === 'code') return `code‹${node.text}›`
      if (node.kind === 'fence') return `fence[${node.language}]‹${node.text}›`
      if (node.kind === 'link') return `link[${node.href}](${line(node.children)})`
      return `${node.tag}${node.start ? `#${node.start}` : ''}(${line(node.children)})`
    })
    .join('')
const read = (text: string) => line(readMarkdown(text))

test.each([
  ['*so* and _so_, **strong**, ~~gone~~', 'p(em(so) and em(so), strong(strong), s(gone))'],
  ['a `const` here', 'p(a code‹const› here)'],
  ['*one*\ntwo', 'p(em(one)⏎two)'],
  ['```ts\nconst a = 1\n```', 'fence[ts]‹const a = 1›'],
  ['```js\nnever closed', 'fence[js]‹never closed›'],
  ['> said\n\nanswered', 'blockquote(p(said))p(answered)'],
  ['- a\n- *b*', 'ul(li(a)li(em(b)))'],
  ['3. c\n4. d', 'ol#3(li(c)li(d))'],
  ['[here](https://example.org/a)', 'p(link[https://example.org/a](here))'],
  ['[here](https://smörgås.example/å)', 'p(link[https://smörgås.example/å](here))'],
  ['fine :tada: and :no_such_thing:', 'p(fine 🎉 and :no_such_thing:)'],
  ['snake_case_name and 2 * 3 * 4', 'p(snake_case_name and 2 * 3 * 4)'],
  ['`:tada:`', 'p(code‹:tada:›)'],
])('the Markdown %j is parsed as %s', (text, tree) => {
  expect(hasMarkup(text)).toBe(true)
  expect(read(text)).toBe(tree)
})

describe('hostile markup', () => {
  test.each([
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,hi)',
    '[x](vbscript:x)',
    '[x](//evil.example)',
    '[x](http://)',
    '[x](https://[)',
    '# loud',
    '| a | b |\n| - | - |',
    '&lt;b&gt;',
  ])('the markup %s stays text', (text) => {
    expect(read(text).replaceAll('⏎', '\n')).toBe(`p(${text})`)
  })

  test('an image becomes a link and is never fetched', () => {
    expect(read('![cat](https://example.org/cat.png)')).toBe('p(!link[https://example.org/cat.png](cat))')
  })

  test.each(['*', '_', '~', '[', '> ', '- ', '`', '![', '**a', '[a](', '\\', ':a', '1. '])(
    'four thousand repetitions of %j are parsed into a shallow tree',
    (piece) => {
      const text = piece.repeat(4_000)
      hasMarkup(text)
      expect(depth(readMarkdown(text))).toBeLessThan(20)
    },
  )
})

function depth(nodes: Node[]): number {
  return nodes.reduce((most, node) => Math.max(most, 'children' in node ? 1 + depth(node.children) : 1), 0)
}

test.each(['https://smörgås.example', 'see http://bank.example⁄login.example/a', 'https://a.b/\u202ec'])(
  'the parser is loaded for an international or invisible host: %j',
  (text) => expect(hasMarkup(text)).toBe(true),
)

test.each([
  'hej',
  'Is 3 < 4?',
  'https://example.org/a_b',
  'a: b',
  '5 % of it',
  '(so)',
  'at 12:30:00',
  'https://a.b/å?ö',
])('the parser is not loaded for the plain text %j', (text) => {
  expect(hasMarkup(text)).toBe(false)
})

test.each([
  ['🎉', true],
  ['👍🏽 🇸🇪', true],
  ['👨‍👩‍👧‍👦❤️🎂', true],
  ['🎉🎉🎉🎉', false],
  ['7', false],
  ['🎉!', false],
])('the text %s is a lone emoji: %s', (text, is) => {
  expect(isLoneEmoji(text)).toBe(is)
})

test('code is highlighted by the rules of its language', () => {
  const pieces = highlight('const a = "hej" // so', 'ts')
  expect(pieces.map(({ text }) => text).join('')).toBe('const a = "hej" // so')
  const look = (word: string) => pieces.find(({ text }) => text.includes(word))?.look
  expect([look('const'), look('hej'), look('so')]).toEqual(['keyword', 'value', 'aside'])
})
