import { expect, test } from '@jest/globals'
import { stripMarkdown } from '../src/chat/formatting/strip-markdown.ts'

test.each([
  ['a **bold** word', 'a bold word'],
  ['**all *of* it**', 'all of it'],
  ['_so_ and __so__ and ~~not~~', 'so and so and not'],
  ['snake_case_name stays', 'snake_case_name stays'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['one * alone, **unclosed', 'one * alone, **unclosed'],
  ['`a_b_ **c**` and *d*', 'a_b_ **c** and d'],
  ['**`code`**', 'code'],
  ['```js\nlet a = `1`\n```', 'let a = `1`'],
  ['see [the *house*](https://example.org/a_b_c)', 'see the house'],
  ['> said\n>> before\nnow', 'said\nbefore\nnow'],
  ['\\*so\\*', '*so*'],
  ['1 > 0', '1 > 0'],
  ['done **:tada:** :+1:', 'done 🎉 👍'],
  ['`:tada:` and :no_such_sign:', ':tada: and :no_such_sign:'],
  ['שלום **עולם**', 'שלום עולם'],
  ['', ''],
])('stripMarkdown turns %j into %j', (text, said) => expect(stripMarkdown(text)).toBe(said))

test('stripMarkdown keeps the text of a long message full of markup characters', () => {
  const text = '*_`[~'.repeat(800)
  expect(stripMarkdown(text).length).toBeGreaterThan(3_000)
})
