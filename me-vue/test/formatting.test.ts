import { describe, expect, test } from '@jest/globals'
import { type Node, readMarkdown } from 'me-api/contract/message-markdown'
import { highlight } from 'me-api/contract/highlight-code'
import { partsWithShortcodes } from 'me-api/contract/shortcodes'
import { hasMarkup, isLoneEmoji } from '../src/chat/formatting/markup.ts'

/** The tree as a line: `p(em(so) and code‹x›)`. */
const line = (nodes: Node[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text
      if (node.kind === 'break') return '⏎'
      if (node.kind === 'code') return `code‹${node.text}›`
      if (node.kind === 'fence') return `fence[${node.language}]‹${node.text}›`
      if (node.kind === 'address') return `<${node.text}>`
      if (node.kind === 'link') return `link[${node.href}](${line(node.children)})`
      return `${node.tag}${node.start ? `#${node.start}` : ''}(${line(node.children)})`
    })
    .join('')
const read = (text: string) => line(readMarkdown(text))
const withShortcodes = (text: string) => partsWithShortcodes([text]).join('')

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
  ['fine :tada: and :no_such_thing:', 'p(fine :tada: and :no_such_thing:)'],
  ['snake_case_name and 2 * 3 * 4', 'p(snake_case_name and 2 * 3 * 4)'],
  ['`:tada:`', 'p(code‹:tada:›)'],
  // What is in an address is no Markdown.
  ['https://twitter.com/__apf__/status/1', 'p(<https://twitter.com/__apf__/status/1>)'],
  ['see https://a.example/x_y_z*b*, *so*', 'p(see <https://a.example/x_y_z*b*>, em(so))'],
  ['https://a.example/~~q~~ and ~~q~~', 'p(<https://a.example/~~q~~> and s(q))'],
  ['https://a.example/`x`/y `z`', 'p(<https://a.example/`x`/y> code‹z›)'],
  ['**https://a.b/c** and _https://a.b/c_d_.', 'p(strong(<https://a.b/c>) and em(<https://a.b/c_d>).)'],
  ['*見て https://a.b/c。*', 'p(em(見て <https://a.b/c>。))'],
  ['> - https://a.b/_c_ *d*', 'blockquote(ul(li(<https://a.b/_c_> em(d))))'],
  // Code and a Markdown link that begin before an address come first.
  ['`https://a.b/c` and `x https://a.b/`d', 'p(code‹https://a.b/c› and code‹x https://a.b/›d)'],
  ['[https://a.b/_c_](https://d.e/_f_)', 'p(link[https://d.e/_f_](https://a.b/_c_))'],
  ['[a https://a.b/*c* b](https://d.e/)', 'p(link[https://d.e/](a https://a.b/*c* b))'],
])('the Markdown %j is parsed as %s', (text, tree) => {
  expect(hasMarkup(text)).toBe(true)
  expect(read(text)).toBe(tree)
})

test.each([
  [':tada::+1: :+1:/:-1:, so :tada:.', '🎉👍 👍/👎, so 🎉.'],
  ['(:tada:) 見て:tada: “:tada:”', '(🎉) 見て🎉 “🎉”'],
  [':Tada: :no_such_name::tada:', '🎉 :no_such_name:🎉'],
])('names of emoji in %j are shown as %j', (text, shown) => expect(withShortcodes(text)).toBe(shown))

test.each([
  'at 10:100:20 and 1:x:2',
  'http://localhost/chat?x=:smile: and https://a.b/:x:/:100:',
  'C:\\x:smile: C:\\:smile: \\\\host\\:x:',
  '/tmp/:smile: ./a:smile:b.txt',
  'std::smile::x and a::x::b',
  'key:smile:value, snake_:x:_case',
  'Привет:smile:',
])('the text %j has no name of an emoji', (text) => expect(withShortcodes(text)).toBe(text))

test('of a part of a text, what stands around it decides with', () => {
  const parts = ['see http://localhost/', ':smile: :tada:']
  expect(partsWithShortcodes(parts)).toEqual([parts[0], ':smile: 🎉'])
})

test('a name that goes on in the next part stays, and those after it are shown', () => {
  expect(partsWithShortcodes([':tada: :ta', 'da: :tada:', '', ':smile:'])).toEqual([
    '🎉 :ta',
    'da: 🎉',
    '',
    '😄',
  ])
  expect(partsWithShortcodes([':tada: :ta', 'da: ', ':tada: '])).toEqual(['🎉 :ta', 'da: ', '🎉 '])
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
