import { describe, expect, test } from '@jest/globals'
import { excerpt, renderMarkdown, toFeedContent } from '../src/markdown.ts'
import { highlight } from '../src/contract/highlight-code.ts'

const found = (html: string, pattern: RegExp): string[] =>
  Array.from(html.matchAll(pattern), ([, part = '']) => part)
const idsIn = (html: string) => found(html, / id="([^"]*)"/g)
const wordsIn = (html: string) => html.replaceAll(/<[^<>]*>/g, '')

describe('tables', () => {
  test('cells are aligned by class, and nothing has a style attribute', () => {
    const html = renderMarkdown('| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |')
    for (const cell of ['th', 'td'])
      expect(found(html, new RegExp(`<${cell}( class="[^"]*")?>`, 'g'))).toEqual([
        ' class="align-left"',
        ' class="align-center"',
        ' class="align-right"',
        '',
      ])
    expect(html).not.toContain('style')
    expect(html).toMatch(/^<div class="table"><table>[^]*<\/table><\/div>$/)
  })
})

describe('task lists', () => {
  test.each([
    ['- [ ] open', '<li class="task"><label><input type="checkbox" disabled /> open</label></li>'],
    ['1. [x] done', '<li class="task"><label><input type="checkbox" disabled checked /> done</label></li>'],
    ['* [X] *done*', '<input type="checkbox" disabled checked /> <em>done</em></label>'],
    ['- [x] a\n\n  more', '<p><label><input type="checkbox" disabled checked /> a</label></p>\n<p>more</p>'],
    ['- a\n  - [ ] b', '<li class="task"><label><input type="checkbox" disabled /> b</label></li>'],
  ])('%j has a box', (text, html) => expect(renderMarkdown(text)).toContain(html))

  test.each([
    '- [y] a',
    '- [] a',
    '- [x]a',
    '- [x]',
    '- \\[x] a',
    '[x] a',
    '- `[x]` a',
    '- a [x] b',
    '> [x] a',
  ])('%j has no box', (text) => expect(renderMarkdown(text)).not.toContain('<input'))
})

describe('footnotes', () => {
  const text = 'One[^a], two[^b], one again[^a].\n\n[^b]: Second.\n[^a]: First.\n\n    More of it.'

  test('references and notes lead to each other, in the order of the references', () => {
    const html = renderMarkdown(text)
    expect(found(html, /<a class="footnote-ref" href="#([^"]*)"/g)).toEqual(['fn-1', 'fn-2', 'fn-1'])
    expect(found(html, /<a class="footnote-back" href="#([^"]*)"/g)).toEqual([
      'fnref-1',
      'fnref-1-2',
      'fnref-2',
    ])
    expect(idsIn(html)).toEqual(['fnref-1', 'fnref-2', 'fnref-1-2', 'fn-1', 'fn-2'])
    expect(wordsIn(html)).toMatch(/First\.\nMore of it\. [^]*Second\./)
  })

  test.each(['a[^nobody]', 'a[^constructor]', 'a[^toString]', 'a ^[inline]', 'a[^', '`[^a]`'])(
    '%j stays as it is written',
    (text) => {
      const html = renderMarkdown(`${text}\n\nb[^a]\n\n[^a]: note`)
      expect(wordsIn(html)).toContain(text.replaceAll('`', ''))
      expect(found(html, /(<li id)/g)).toHaveLength(1)
    },
  )

  test.each(['constructor', '__proto__', 'toString', 'ö', '1'])('a footnote may be named %s', (name) => {
    const html = renderMarkdown(`a[^${name}]\n\n[^${name}]: note`)
    expect(html).toContain('<li id="fn-1"><p>note ')
  })
})

/** The words of the page, and those of each note. */
function partsOf(text: string) {
  const [body = '', below = ''] = renderMarkdown(text).split('<section class="footnotes"')
  const words = (html: string) => wordsIn(html).replaceAll(/\s+|\[\d+\]|\u21a9\ufe0e/g, '')
  return {
    body: words(body),
    notes: below
      .split(/<li id="fn-\d+">/)
      .slice(1)
      .map(words),
  }
}

describe('a definition of a footnote', () => {
  test.each([
    ['in another one', '[^a]: one\n\n    [^b]: two\n\n    three', 'AB', ['onethree', 'two']],
    ['that begins another one', '[^a]: [^b]: two\n\n    one', 'AB', ['one', 'two']],
    ['in a list of another one', '[^a]: - one\n      [^b]: two\n    - three', 'AB', ['onethree', 'two']],
    ['in one that nobody refers to', '[^c]: c\n\n    [^a]: one\n\n[^b]: two', 'AB', ['one', 'two']],
    ['in a quote', '> before\n>\n> [^a]: one\n>\n> after\n\n[^b]: two', 'ABbeforeafter', ['one', 'two']],
    ['in a list', '- before\n\n  [^a]: one\n\n  after\n- [^b]: two', 'ABbeforeafter', ['one', 'two']],
    ['below another of its name', '[^a]: one\n\n[^b]: two\n\n[^a]: three', 'AB', ['onethree', 'two']],
    ['in one of its name', '[^a]: one\n\n    [^a]: two\n\n[^b]: b', 'AB', ['onetwo', 'b']],
  ])('%s leaves all words where they belong', (_, definitions, body, notes) =>
    expect(partsOf(`A[^a] B[^b]\n\n${definitions}`)).toEqual({ body, notes }),
  )

  test('notes are numbered as they are read, wherever they are defined', () => {
    const text = '[^a]: one[^c]\n\n[^d]: unread[^c]\n\n[^c]: three[^a]\n\nA[^a] B[^b]\n\n[^b]: two'
    expect(partsOf(text)).toEqual({ body: 'AB', notes: ['one', 'two', 'three'] })
    const html = renderMarkdown(text)
    const ids = idsIn(html)
    const goals = found(html, / href="#([^"]*)"/g)
    expect(goals).toEqual(['fn-1', 'fn-2', 'fn-3', 'fnref-1', 'fnref-1-2', 'fnref-2', 'fn-1', 'fnref-3'])
    expect(goals.filter((goal) => !ids.includes(goal))).toEqual([])
  })
})

describe('names of emoji', () => {
  test.each([
    ['fine :tada:', 'fine 🎉'],
    ['# :heart_eyes: and :no_mouth:', '😍 and 😶'],
    ['| :+1: |\n|---|\n| :-1: |', '👍'],
    ['[yes :tada:](/a)', 'yes 🎉'],
    ['**:tada:**', '🎉'],
  ])('%j is shown as %j', (text, words) => expect(wordsIn(renderMarkdown(text))).toContain(words))

  test.each([
    '`:tada:`',
    '    :tada:',
    '```\n:tada:\n```',
    'https://a.example/:tada:/x',
    '<https://a.example/:tada:>',
    'www.example.org/:tada:',
    '[a](/:tada:)',
    '![a](/:tada:.png)',
    'at 10:100:20',
    'C:\\x:smile:',
    '/etc/:smile:',
    'std::smile::x',
    '\\:tada:',
    ':no_such_name:',
    '[^a]: :constructor:\n\n[^a]',
  ])('in %j nothing becomes an emoji', (text) =>
    expect(renderMarkdown(text)).not.toMatch(/\p{Emoji_Presentation}/u),
  )
})

describe('headings', () => {
  test.each([
    ['# What I learned', ['h-what-i-learned']],
    ['## Häder & *mer* `kod`', ['h-häder-mer-kod']],
    ['# 日本語 の 見出し', ['h-日本語-の-見出し']],
    ['# 🎉\n\n# :tada:\n\n# !!', ['h-section', 'h-section-2', 'h-section-3']],
    ['# A\n\n# A\n\n# a 2\n\n# A', ['h-a', 'h-a-2', 'h-a-2-2', 'h-a-3']],
    ['# A 2\n\n# A\n\n# A', ['h-a-2', 'h-a', 'h-a-3']],
    ['#\n\n##  \n\n# ![](/a.png)', []],
    ['> # In a quote', ['h-in-a-quote']],
    ['Line\nbreak\n===', ['h-line-break']],
    ['# Note[^1]\n\n[^1]: x', ['h-note', 'fnref-1', 'fn-1']],
    [`# ${'long '.repeat(40)}`, [`h-${'long-'.repeat(12).slice(0, -1)}`]],
  ])('%j gets the ids %j', (text, ids) => expect(idsIn(renderMarkdown(text))).toEqual(ids))

  test('no heading takes a name of the page or of JavaScript', () => {
    const names = ['constructor', '__proto__', 'toString', 'app', 'main', 'latest', 'location', 'fn-1', 'v-0']
    const ids = idsIn(renderMarkdown(names.map((name) => `# \`${name}\``).join('\n\n')))
    expect(ids).toHaveLength(names.length)
    expect(ids.filter((id) => !id.startsWith('h-'))).toEqual([])
  })

  test('each has a link to itself, which the heading names', () => {
    const html = renderMarkdown('## Tea "time"')
    expect(html).toBe(
      '<h2 id="h-tea-time">Tea “time”<a class="anchor" href="#h-tea-time" aria-labelledby="h-tea-time"></a></h2>',
    )
  })
})

describe('code', () => {
  test.each(['ts', 'TS', 'ts title="a.ts"'])('a block in %s is coloured by classes', (info) => {
    const html = renderMarkdown(`\`\`\`${info}\nconst a = '<b>' // c\n\`\`\``)
    expect(html).toContain('<span class="code-keyword">const</span>')
    expect(html).toContain('<span class="code-value">\'&lt;b&gt;\'</span>')
    expect(html).toContain('<span class="code-aside">// c</span>')
  })

  test.each(['', 'nosuch', 'constructor', '__proto__', '"><b'])('a block in “%s” stays as it is', (info) => {
    const html = renderMarkdown(`\`\`\`${info}\nconst a = 1\n\`\`\``)
    expect(html).toMatch(/^<pre><code[^<>]*>const a = 1\n<\/code><\/pre>$/)
  })

  test('a block that is never closed ends with the page', () => {
    const html = renderMarkdown('```js\nlet a\n\n# no heading')
    expect(wordsIn(html)).toBe('let a\n\n# no heading')
    expect(idsIn(html)).toEqual([])
  })

  test('very long code, and the last of very much code, has no colours and loses nothing', () => {
    const line = 'const a = 1\n'
    const blockOf = (lines: number) => `\`\`\`ts\n${line.repeat(lines)}\`\`\``
    expect(renderMarkdown(blockOf(1_000))).toBe(
      `<pre><code class="language-ts">${line.repeat(1_000)}</code></pre>`,
    )
    const html = renderMarkdown(Array(10).fill(blockOf(400)).join('\n\n'))
    const blocks = html.split('</pre>').slice(0, -1)
    expect(blocks.map((block) => block.includes('<span'))).toEqual([
      ...Array(4).fill(true),
      ...Array(6).fill(false),
    ])
    expect(wordsIn(html).match(/const a = 1/g)).toHaveLength(4_000)
  })

  test('code that a grammar cannot cope with is shown without colours', () => {
    const code = '/*'.repeat(20_000)
    expect(highlight(code, 'rust')).toEqual([{ text: code, look: undefined }])
  })
})

/** The longest text that a page may have, made of one piece. */
const fullOf = (piece: string) => piece.repeat(60_000 / piece.length)

describe('a page of the greatest length', () => {
  test.each([
    ['headings', fullOf('# a\n')],
    ['boxes', fullOf('- [x] a\n')],
    ['references', `[^a]: x\n\n${fullOf('[^a]').slice(20)}`],
    ['references that end nowhere', `[^a]: x\n\n${fullOf('[^').slice(20)}`],
    ['footnotes', `${fullOf('[^a]: b\n').slice(20)}\n\n[^a]`],
    [
      'footnotes in footnotes',
      Array.from({ length: 90 }, (_, i) => `${'    '.repeat(i)}[^${i}]: x`).join('\n\n'),
    ],
    ['cells', `|a|b|\n|-|-|\n${fullOf('|a|b|\n')}`],
    ['quotes', fullOf('>')],
    ['lists in lists', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}- x`).join('\n')],
    ['names of emoji', fullOf(':+1: ')],
    ['names of emoji between escapes', fullOf(':smile:\\!')],
    ['brackets', fullOf('[')],
    ['stars', fullOf('*a **b ')],
    ['fences', fullOf('```\n')],
  ])('of %s is rendered, described and prepared for the feed', (_, text) => {
    const html = renderMarkdown(text)
    const ids = idsIn(html)
    expect(new Set(ids).size).toBe(ids.length)
    expect(excerpt(text).length).toBeLessThan(200)
    expect(toFeedContent(html, 'https://a.example/b')).not.toMatch(/ id=| href="#/)
  })
})

describe('what is made of a page elsewhere', () => {
  const page = [
    '# Heading :tada:',
    '- [x] done\n- [ ] open',
    'Words[^1] with :tada: and `code`.',
    '| cell |\n|---:|\n| 1 |',
    '```ts\nconst a = 1\n```',
    '[^1]: The note.',
  ].join('\n\n')

  test('a description has the words of paragraphs, without marks, notes and code', () => {
    expect(excerpt(page)).toBe('Words with 🎉 and code.')
    expect(excerpt('- [x] done\n- [ ] open :tada:')).toBe('done open 🎉')
    expect(excerpt('[^1]: The note.\n\n# A[^1]')).toBe('')
  })

  test('the feed has the words, the boxes as characters, and no ids, links to headings or classes of colours', () => {
    const html = toFeedContent(renderMarkdown(page), 'https://a.example/reports/week/3')
    expect(html).toContain('<h2>Heading 🎉</h2>')
    expect(html).toContain('☑ done')
    expect(html).toContain('☐ open')
    expect(html).toContain('<a href="https://a.example/reports/week/3#fn-1">[1]</a>')
    expect(html).toContain('<pre><code class="language-ts">const a = 1\n</code></pre>')
    expect(html).not.toMatch(/ id=|<input|<label|<span|<button|↩|aria-|role=| href="#/)
  })
})
