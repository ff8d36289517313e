import { describe, expect, test } from '@jest/globals'

// What the module asks the browser for when it is loaded.
Object.assign(globalThis, { localStorage: { getItem: () => null, setItem: () => undefined } })
const { addMessages, createSiteI18n, preferredLanguage } = await import('../src/i18n.ts')

test('every page has a language of its own, and all have the same words', async () => {
  const words = (home: string) => () => Promise.resolve({ default: { home } })
  Object.assign(globalThis, {
    location: { search: '?lang=sv' },
    document: { cookie: '', documentElement: { lang: '' } },
  })
  await addMessages('test', { en: words('Home'), sv: words('Hem'), nb: words('Hjem') })
  const [swedish, norwegian] = [createSiteI18n('sv'), createSiteI18n('nb')]
  expect(swedish.t('test.home')).toBe('Hem')
  norwegian.locale.value = 'sv'
  expect([swedish.locale.value, norwegian.t('test.home')]).toEqual(['sv', 'Hem'])
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
