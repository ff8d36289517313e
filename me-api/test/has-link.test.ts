import { expect, test } from '@jest/globals'
import { hasLink } from '../src/chat/rate-limits/has-link.ts'

test.each([
  'https://example.org',
  'HTTP://EXAMPLE.ORG',
  'ftp://x',
  'see www.example',
  'come to evil.com!',
  '(evil.com)',
  'EVIL.COM.',
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
