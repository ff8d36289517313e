import { expect, test } from '@jest/globals'
import { stripMarkdown } from '../src/chat/formatting/strip-markdown.ts'

test.each([
  ['a **bold** word', 'a bold word'],
  ['**all *of* it**', 'all of it'],
  ['_so_ and __so__ and ~~not~~', 'so and so and not'],
  ['snake_case_name stays', 'snake_case_name stays'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['2*3*4', '2*3*4'],
  ['2**3**4 and a*b*c', '2**3**4 and a*b*c'],
  ['*a*b and *c*', '*a*b and c'],
  ['中文*强调*文字', '中文强调文字'],
  ['(*so*)', '(so)'],
  ['- one\n- *two*', '- one\n- two'],
  ['3. three\n4. four', '3. three\n4. four'],
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
  ['- a\n- *b*', '- a\n- b'],
  ['8. a\n9. b', '8. a\n9. b'],
  ['so:\n\n> - a\n>   b', 'so:\n- a\nb'],
  ['https://a.b/__x__/*y*?z=:smile: *so*', 'https://a.b/__x__/*y*?z=:smile: so'],
  ['\\:tada: and :tada\\: and \\::tada:', ':tada: and :tada: and ::tada:'],
  ['**\\:tada:** \\:tada::tada: a\\_:tada: :tada: \\*', ':tada: :tada:🎉 a_:tada: 🎉 *'],
  ['[\\:tada: :tada:](https://example.org/)', ':tada: 🎉'],
  ['10:100:20 and C:\\x:smile:', '10:100:20 and C:\\x:smile:'],
  ['', ''],
])('stripMarkdown turns %j into %j', (text, said) => expect(stripMarkdown(text)).toBe(said))

test('stripMarkdown keeps the words of a long message full of markup characters', () => {
  const text = 'word *_`[~ '.repeat(1_400)
  expect(stripMarkdown(text).match(/word/g)).toHaveLength(1_400)
})
