import { expect, test } from '@jest/globals'
import { collapsed } from '../src/chat/timeline/message/collapse-text.ts'

test('a short text is not collapsed', () => {
  expect(collapsed('a '.repeat(600))).toBeNull()
  expect(collapsed('a\n'.repeat(17))).toBeNull()
})

test('a long text is collapsed at the end of a word or a line', () => {
  expect(collapsed('seven '.repeat(300))).toBe('seven '.repeat(133).trimEnd())
  expect(collapsed('a b\n'.repeat(30))).toBe('a b\n'.repeat(12).trimEnd())
})

test.each([
  ['a block of code of one long line', `\`\`\`\n${'x'.repeat(2_000)}\n\`\`\``],
  ['a text without spaces after the first word', `見て ${'次の文'.repeat(600)}`],
  ['a link and a text without spaces', `https://a.b/c。${'次の文'.repeat(600)}`],
  ['one address', `https://a.b/${'x'.repeat(2_000)}`],
])('%s is collapsed to a beginning that shows something', (_, text) => {
  expect(collapsed(text)!.length).toBeGreaterThan(700)
  expect(text.startsWith(collapsed(text)!)).toBe(true)
})

test('a text is not collapsed within a character', () => {
  const text = `a${'🦊'.repeat(1_000)}`
  expect(collapsed(text)).toBe(`a${'🦊'.repeat(399)}`)
})

test('an address stays whole or goes whole', () => {
  const address = `https://a.b/${'x'.repeat(300)}`
  expect(collapsed(`${'word '.repeat(120)}(${address}) ${'word '.repeat(200)}`)).toBe(
    `${'word '.repeat(120)}(`,
  )
  expect(collapsed(`${'x'.repeat(1_900)}`)).toHaveLength(800)
  const long = `https://a.b/${'x'.repeat(2_000)}`
  expect(collapsed(`${long} and more`)).toBe(long)
})
