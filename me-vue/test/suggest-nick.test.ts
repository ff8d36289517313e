import { describe, expect, test } from '@jest/globals'
import { suggestNick, allowedPart } from '../src/chat/composer/suggest-nick.ts'

describe('suggesting a free nick', () => {
  test('the suggested nick is the wanted one with a free number', () => {
    expect(suggestNick('Ada', ['ada', 'Ada-2', 'Bo'])).toBe('Ada-3')
  })

  test('the suggested nick has only allowed characters, and at most 24', () => {
    expect(suggestNick('<Ada 🦊>', [])).toBe('Ada')
    expect(suggestNick('a'.repeat(40), ['a'.repeat(24)])).toBe(`${'a'.repeat(22)}-2`)
  })

  test('the suggested nick is invented when nothing of the wanted one is allowed', () => {
    expect(suggestNick('🦊', [], () => 0)).toBe('quiet-fox')
  })
})

describe('repairing an invalid nick', () => {
  const names = ['Ada Lovelace', '', 'ägare', 'owner']

  test.each([
    ['<<ada>>', 'ada'],
    ['Bo ❤️', 'Bo'],
    ['example.com', ''],
    ['<example.com>', ''],
    ['🦊', ''],
    ['<owner>', ''],
    ['Ada Lovelace!', ''],
    ['<ada-lovelace> 2', ''],
    ['*ÄGARE*', ''],
  ])('the nick %s is repaired to "%s"', (wanted, left) => {
    expect(allowedPart(wanted, names)).toBe(left)
  })
})
