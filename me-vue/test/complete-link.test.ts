import { expect, test } from '@jest/globals'
import { completeLink } from '../src/editor/complete-link.ts'

test.each([
  ['example.org', 'https://example.org'],
  [' example.org/a?b#c ', 'https://example.org/a?b#c'],
  ['github.com/ada', 'https://github.com/ada'],
  ['//example.org', 'https://example.org'],
  ['localhost:3000/x', 'https://localhost:3000/x'],
  ['räksmörgås.se', 'https://räksmörgås.se'],
  ['ada@example.org', 'mailto:ada@example.org'],
  ['example.org/@ada', 'https://example.org/@ada'],
])('“%s” is completed to “%s”', (typed, complete) => {
  expect(completeLink(typed)).toBe(complete)
})

test.each([
  'https://example.org',
  'HTTP://example.org',
  'mailto:ada@example.org',
  'javascript:alert(1)',
  'tel:+46701234567',
  'tel:0701234567',
  '/reports',
  '#top',
  '',
])('“%s” stays as it is', (typed) => {
  expect(completeLink(typed)).toBe(typed)
})
