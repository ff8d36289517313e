import { describe, expect, test } from '@jest/globals'

// What the module asks the browser for when it is loaded.
Object.assign(globalThis, { localStorage: { getItem: () => null, setItem: () => undefined } })
const { createSiteI18n, preferredLanguage } = await import('../src/i18n.ts')
const { t, setLocaleMessage } = createSiteI18n('en').global
setLocaleMessage('en', {
  typing: (words: { named: (name: string) => string }) => `${words.named('nick')} is typing…`,
  count: (words: { named: (name: string) => number }) => `${words.named('n') + 1} of them`,
})

test('a text from right to left is isolated in a sentence, and any other stays as it is', () => {
  expect(t('typing', { nick: 'שרה' })).toBe('\u2068שרה\u2069 is typing…')
  expect(t('typing', { nick: 'a\u202eb' })).toBe('\u2068ab\u2069 is typing…')
  expect(t('typing', { nick: 'Åsa' })).toBe('Åsa is typing…')
})

test('a number stays a number', () => {
  expect(t('count', { n: 2 })).toBe('3 of them')
})

test('every page has a language of its own, and all have the same words', () => {
  const [swedish, english] = [createSiteI18n('sv').global, createSiteI18n('en').global]
  setLocaleMessage('sv', { home: () => 'Hem' })
  english.setLocaleMessage('en', { home: () => 'Home' })
  expect([swedish.t('home'), english.t('home')]).toEqual(['Hem', 'Home'])
  english.locale.value = 'sv'
  expect([swedish.locale.value, english.t('home')]).toEqual(['sv', 'Hem'])
})

describe('the language of a reader', () => {
  const reader = ({ search = '', cookie = '', kept = '', made = '' }) => {
    Object.assign(globalThis, {
      location: { search },
      document: { cookie, documentElement: { lang: made } },
      localStorage: { getItem: (key: string) => (key === 'me.language' ? kept : null) },
    })
    return preferredLanguage()
  }

  test.each([
    ['sv', { search: '?lang=sv', cookie: 'me_language=nb' }],
    ['nb', { search: '?lang=xx', cookie: 'other=1; me_language=nb', kept: 'sv' }],
    ['sv', { kept: 'sv', made: 'nb' }],
    ['nb', { made: 'nb' }],
    ['en', { made: 'fr' }],
    ['en', {}],
  ])('is %s for %j', (language, given) => expect(reader(given)).toBe(language))

  test('an address that asks for two languages asks for none', () => {
    expect(reader({ search: '?lang=sv&lang=nb', made: 'en' })).toBe('en')
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'what every object has is no language: %s',
    (name) => {
      const everywhere = {
        search: `?lang=${name}`,
        cookie: `me_language=${name}`,
        kept: name,
        made: name,
      }
      expect(reader(everywhere)).toBe('en')
    },
  )
})
