import { describe, expect, test } from '@jest/globals'
import { withLinks } from '../src/chat/links.ts'

const hrefs = (text: string) => withLinks(text).flatMap(({ href }) => href ?? [])

test('a text is cut at its addresses and loses nothing', () => {
  const text = 'see https://example.org/a and http://b.example, or not'
  expect(
    withLinks(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text)
  expect(hrefs(text)).toEqual(['https://example.org/a', 'http://b.example/'])
})

test('only http and https become links', () => {
  expect(hrefs('javascript:alert(1) data:text/html,x ftp://x.y file:///etc vbscript:x')).toEqual([])
  expect(hrefs('<img src=x onerror=alert(1)> https://a.b/"><script>')).toEqual(['https://a.b/'])
})

describe('an address does not swallow', () => {
  test.each([
    ['the full stop: https://a.b/c.', 'https://a.b/c'],
    ['(a bracket around it: https://a.b/c)', 'https://a.b/c'],
    ['what it opened itself: https://a.b/c_(d)', 'https://a.b/c_(d)'],
    ['“quotes”: “https://a.b/c”', 'https://a.b/c'],
  ])('%s', (text, href) => expect(hrefs(text)).toEqual([href]))
})

test('what is no address stays text', () => {
  expect(withLinks('http:// https://')).toEqual([{ text: 'http:// https://' }])
})

test('a text of sixteen thousand brackets takes no time', () => {
  const start = performance.now()
  withLinks(`https://a.b/${')'.repeat(16_000)}`)
  withLinks(`https://a.b/${'.'.repeat(16_000)}x`)
  expect(performance.now() - start).toBeLessThan(100)
})
