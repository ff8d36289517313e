import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { OwnerAction } from 'me-api/contract'

type Words = { [key: string]: string | Words }

const words = (path: string) =>
  JSON.parse(readFileSync(new URL(`../src/locales/${path}.json`, import.meta.url), 'utf8')) as Words
const parts = readdirSync(new URL('../src/locales/', import.meta.url)).filter((name) => !name.includes('.'))
const read = (language: string) =>
  flat({
    ...words(language),
    ...Object.fromEntries(parts.map((part) => [part, words(`${part}/${language}`)])),
  })
const english = read('en')

function flat(words: Words, path = ''): Record<string, string> {
  const entries = Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value]] : Object.entries(flat(value, `${path}${key}.`)),
  )
  return Object.fromEntries(entries) as Record<string, string>
}
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

for (const language of ['sv', 'nb']) {
  test(`${language} has the same keys and placeholders as English`, () => {
    const words = read(language)
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort())
    for (const [key, text] of Object.entries(english))
      expect([key, placeholders(words[key] ?? '')]).toEqual([key, placeholders(text)])
  })
}

test('there is a sentence for everything that the log of the owner’s account records', () => {
  for (const action of OwnerAction.options)
    expect(english).toHaveProperty([`moderation.account.${action}`], expect.stringContaining('{by}'))
})

test('no text has an exclamation mark', () => {
  for (const language of ['en', 'sv', 'nb'])
    expect(Object.entries(read(language)).filter(([, text]) => text.includes('!'))).toEqual([])
})

test.each([
  ['en', '“”'],
  ['sv', '”'],
  ['nb', '«»'],
])('%s has no other quotation marks than %s', (language, marks) => {
  const others = [...'"“”„«»'].filter((mark) => !marks.includes(mark))
  const has = (text: string) => others.some((mark) => text.includes(mark))
  expect(Object.entries(read(language)).filter(([, text]) => has(text))).toEqual([])
})

// A word for what another word already names on other pages; `{nick}` and the command `/nick` are no words.
test.each([
  ['sv', /aviser|utestäng|smeknamn/i],
  ['nb', /(?<![{/])nick|lampen|avsteng/i],
])('%s has one word for one thing', (language, second) => {
  expect(Object.entries(read(language)).filter(([, text]) => second.test(text))).toEqual([])
})
