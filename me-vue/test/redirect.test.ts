import { expect, test } from '@jest/globals'
import { safeRedirect } from '../src/accounts/redirect.ts'

test('signing in leads to a path on this site', () => {
  expect(safeRedirect('/reports/week/6/edit?x=1')).toBe('/reports/week/6/edit?x=1')
})

test('signing in leads home for any other address', () => {
  for (const wanted of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n\\evil.example',
    'javascript:alert(1)',
    ['/a'],
    undefined,
  ])
    expect(safeRedirect(wanted)).toBe('/')
})
