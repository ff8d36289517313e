import { expect, test } from '@jest/globals'
import { slugify } from '../src/chat/rooms/slugify.ts'

test('slugify makes a room’s name from its title', () => {
  expect(slugify('Frågor & svar')).toBe('fragor-svar')
  expect(slugify('  Kjøkken 2 ')).toBe('kjokken-2')
  expect(slugify('x'.repeat(40))).toHaveLength(32)
  expect(slugify('🚂')).toBe('')
})
