import { expect, test } from '@jest/globals'
import { waitText } from '../src/chat/document/wait-text.ts'

test.each([
  [0.2, 'en', '1 second'],
  [90, 'en', '2 minutes'],
  [7_200, 'en', '120 minutes'],
  [7_201, 'en', '3 hours'],
  [86_400, 'sv', '24 timmar'],
  [172_801, 'nb', '3 døgn'],
  [31_536_000, 'en', '365 days'],
])('%d seconds in %s are "%s", never less than they are', (seconds, language, words) => {
  expect(waitText(seconds, language)).toBe(words)
})
