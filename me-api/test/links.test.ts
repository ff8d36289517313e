import { describe, expect, test } from '@jest/globals'
import { findAddresses, findLinks, hasForeignLink, hasLink } from '../src/contract/links.ts'
import { renderMarkdown } from '../src/markdown.ts'

/** A text with one address, which is marked: `see ‹https://a.b/c›.` */
const marked = [
  // The closing marks of Chinese and Japanese, which have no space after a link.
  ...[...'。、，．！？：；）」』】》〉〕〗〙｝］｡､｣'].map(
    (mark) => `見て ‹https://example.com/foo›${mark}次の文`,
  ),
  ...[...'（「『【《〈〔'].map((mark) => `見て ‹https://example.com/foo›${mark}次の文`),
  '「‹https://example.com/foo›」と（‹https://example.com/›）',
  '見て‹https://example.com›。',
  '＜‹https://example.com/›＞ ‹https://example.com/foo›≫次',
  // After a host of Latin letters, and after a space without width.
  '‹https://a.com›次 ‹https://a.co.jp›です ‹https://a.com:81›次 ‹https://a.com›ครับ ‹https://a.com›🎉',
  '‹https://a.com/x›\u200bសួស្តី',
  '‹https://a.b/c›\u202efdp.exe ‹https://a.b›\u2067x',
  // Quotation marks and the marks of other scripts.
  '“‹https://a.b/c›”, ‘‹https://a.b/c›’s, «‹https://a.b/c›», „‹https://a.b/c›“x, "‹https://a.b/c›"x',
  'قال ‹https://a.b/c›، ‹https://a.b/c›؛ ‹https://a.b/c›؟',
  'देखो ‹https://a.b/c›।',
  '‹https://a.b/c›…and ‹https://a.b/c›—so',
  // ASCII punctuation.
  '‹https://a.b/c›. ‹https://a.b/c›, ‹https://a.b/c›; ‹https://a.b/c›: ‹https://a.b/c›!? ‹https://a.b/c›...',
  "'‹https://a.b/c›' `‹https://a.b/c›` <‹https://a.b/c›>",
  '‹https://a.b›, ‹https://a.b›! ‹https://a.b›* ‹https://a.b›:',
  "‹https://a.b/Hobson's_choice›",
  // Brackets that the link has opened stay.
  '(‹https://a.b/c_(d)›) ‹https://en.wikipedia.org/wiki/A_(b)_(c)›.',
  '(‹https://a.b/c›)d [‹https://a.b/c›](x) {‹https://a.b/{c}›}',
  '‹https://a.b/?q=[1]&r={x}›',
  // Marks within a link are the link's, marks around it are not.
  '‹https://twitter.com/__apf__/status/1›',
  '‹https://a.example/x_y_z*b*›',
  '‹https://a.example/~~q~~› ‹https://a.example/__init__›.',
  '**‹https://a.b/c›** _‹https://a.b/c›_ ~~‹https://a.b/c›~~ *see ‹https://a.b/c›*',
  '**‹https://a.b/c›**。',
  '‹https://a.b/c›_ ‹https://a.b/c›**',
  '‹http://localhost/chat?x=:smile:› ‹http://localhost/:a:/:b:›, ok',
  // Hosts.
  '‹http://[::1]:8080/x› [‹http://[2001:db8::1]›]',
  '‹https://a.vermögensberatung/› ‹https://a.بازار/x› ‹https://i❤.ws/›',
  '‹https://例え.テスト/パス›？ ‹https://smörgås.example:81/å›',
  '‹http://localhost:8080/x:y› ‹https://a.b:8080›：次',
  '‹https://bank.example@evil.example/›, ‹https://bank.example:443:x@evil.example:99/a›',
  '‹https://bank.example%2flogin@evil.example›',
  '‹https://evil.example\\@bank.example›',
  '‹HTTPS://A.B/C›',
  // Dots and marks that are part of words.
  '‹https://ca.wikipedia.org/wiki/Paral·lel› ‹https://ja.wikipedia.org/wiki/メイン・ページ›',
  '‹https://a.b/🦊› ‹https://a.b/❤️›',
  '\u2068‹https://a.b/c›\u2069 ‹https://a.b/c›\u200b ‹https://a.b/c›\u200e',
]
const mark = (text: string) =>
  findAddresses(text)
    .toReversed()
    .reduce(
      (all, { start, end }) => `${all.slice(0, start)}‹${all.slice(start, end)}›${all.slice(end)}`,
      text,
    )

test.each(marked)('findAddresses finds the marked addresses in %s', (text) =>
  expect(mark(text.replace(/[‹›]/g, ''))).toBe(text),
)

test.each([
  'http://',
  'https:// x',
  'https://[',
  'https://。',
  'xhttps://a.b',
  'https://a.b:99999/x',
  'javascript://a',
])('findAddresses finds no address in %j', (text) => expect(findAddresses(text)).toEqual([]))

test('findLinks tells addresses, names and e-mail addresses apart', () => {
  const text = 'https://a.b/c, www.example.org/x_(y). evil.com; t.me/x and ada+me@example.org, not node.js'
  expect(findLinks(text).map(({ kind, href }) => [kind, href])).toEqual([
    ['address', 'https://a.b/c'],
    ['name', 'http://www.example.org/x_(y)'],
    ['name', 'http://evil.com'],
    ['name', 'http://t.me/x'],
    ['email', 'mailto:ada+me@example.org'],
  ])
})

test('everything that findAddresses finds is a link for hasLink too', () => {
  for (const text of marked) expect([text, hasLink(text.replace(/[‹›]/g, ''))]).toEqual([text, true])
})

test('the pages find the same links', () => {
  const links = (text: string) =>
    Array.from(renderMarkdown(text).matchAll(/href="([^"]*)"/g), ([, href]) => href)
  for (const text of marked.filter((one) => !/[\\`\u2068%*[]/.test(one))) {
    const plain = text.replace(/[‹›]/g, '')
    const found = findAddresses(plain).map(({ href }) => decodeURI(new URL(href).href))
    expect(links(plain).map((href) => decodeURI(new URL(href!.replaceAll('&amp;', '&')).href))).toEqual(found)
  }
  expect(links('evil.com and ada@example.org')).toEqual(['http://evil.com', 'mailto:ada@example.org'])
})

test.each([
  ...['https://', 'https:///', 'https://[', 'https://a ', 'https://a[', 'https://a@', '(https://a'],
  ...['https://a.b/c](', 'https://a.b/*', '_https://a.b/_ ', 'https://a.b/:a'],
  ...['www.a.', 'a.com/', 'a@b.', ':', '.'],
])('a text of %j is read in linear time', (piece) => {
  // Quadratic work on a million characters would take minutes.
  const text = piece.repeat(1_000_000 / piece.length)
  expect(findLinks(text).length).toBeLessThan(text.length)
})

test.each([
  'https://example.org',
  'HTTP://EXAMPLE.ORG',
  'ftp://x',
  'see www.example',
  'come to evil.com!',
  '(evil.com)',
  'EVIL.COM.',
  '去evil.com看看',
  '...evil.com',
  'buy at shop.evil.co.uk now',
  'пример.рф',
  'xn--e1afmkfd.xn--p1ai',
  't.me/evil',
  'tell.me/x',
  'http://10.0.0.1',
  '10.0.0.1/x',
  'user@evil.com/path',
  // Shows as the same, and browsers take it for the same.
  'evil\u200b.c\u00adom',
  'ht\u2060tps://example.org',
  'evil．com',
  'ｅｖｉｌ.com',
  'evil。com',
  'evil․com',
  // Markdown's ways to a link.
  '[x](https:evil)',
  '[x](https:\\/\\/evil)',
  '[x](https&colon;//evil)',
  '[x](\n<https:evil>)',
  '[mail](mailto:a@example.org)',
])('hasLink finds a link in %j', (text) => expect(hasLink(text)).toBe(true))

test.each([
  'hi',
  'lol :)',
  'e.g. this, i.e. that',
  'wait...what?',
  '@ann.smith/@bob',
  'Node.js, socket.io and console.info',
  'see me-api/src/main.ts:42 and src/app.ts/x',
  'node.js/express',
  'version 1.2.3.4 is 1.5/2 of it',
  'It works.Now tell.me',
  'and/or, 3.14, 12:30',
  'write to ada@example.org',
  'array[0](x) and [words](below)',
  'a:b, std::vector, 10:30',
  'hej.hej',
])('hasLink finds no link in %j', (text) => expect(hasLink(text)).toBe(false))

// A pattern that goes back and forth would take longer than a test may.
test.each(['](', 'a.', '](<', 'www', 'a@', '.-_', '://', '[x](a'])(
  'hasLink reads four thousand characters of %j without backtracking',
  (part) => expect(() => hasLink(part.repeat(4_000 / part.length))).not.toThrow(),
)

describe.each(['example.org', 'localhost:1337', 'xn--bcher-kva.example', '[::1]:1337'])(
  'for the site %s',
  (host) => {
    const foreign = (text: string) => hasForeignLink(text.replaceAll('SITE', host), host)

    test.each([
      'https://SITE',
      'see http://SITE/reports/week/3, and https://SITE/chat/lobby/12?lang=sv#main.',
      '[this](https://SITE/reports) and <https://SITE/chat>',
      'HTTPS://SITE/',
      'https:///SITE/ (https://SITE)',
      'https://SITE/https://evil.example/',
      'no link at all, but ada@example.com',
    ])('%j has no foreign link', (text) => expect(foreign(text)).toBe(false))

    test.each([
      'https://evil.example',
      'https://SITE and https://evil.example',
      'https://evil.example/SITE https://evil.example/?https://SITE',
      'https://SITE@evil.example',
      'https://SITE:pass@evil.example/',
      'https://evil.example@SITE/',
      'https://SITE.evil.example https://www.SITE.evil.example',
      'https://a.SITE/',
      'https://SITE\\@evil.example/',
      '[x](https://SITE\\.evil.example/)',
      '[x](https://SITE&#46;evil.example/)',
      '[https://SITE/](https://evil.example/)',
      '[x](javascript:alert) https://SITE/',
      'https://SITE/ evil.com',
      'ftp://SITE/x',
      'ｈttps://evil.example https://SITE',
    ])('%j has a foreign link', (text) => expect(foreign(text)).toBe(true))
  },
)

test.each([
  ['example.org', 'https://EXAMPLE.org/x'],
  ['example.org', 'https://example.org./x'],
  ['example.org', 'https://example.org:443/ http://example.org:80/'],
  ['example.org', 'example.org/reports'],
  ['example.com', 'example.com and [x](//example.com/reports)'],
  ['xn--bcher-kva.example', 'https://bücher.example/x'],
  ['localhost:1337', 'http://LOCALHOST:1337/x'],
])('the site %s is meant by %j', (host, text) => expect(hasForeignLink(text, host)).toBe(false))

test.each([
  ['example.org', 'https://example.org:8443/'],
  ['example.org', 'http://example.org:443/'],
  ['localhost:1337', 'http://localhost/'],
  ['localhost:1337', 'http://localhost:13370/'],
  ['example.com', '[x](//evil.com/example.com)'],
  ['', 'https://example.org/'],
])('the site %j is not meant by %j', (host, text) => expect(hasForeignLink(text, host)).toBe(true))
