import { parseCookie } from 'cookie'
import type { Request } from 'express'
import { type Language, languages } from '../contract/index.ts'

/** The cookie that keeps a reader's choice; the site's own script sets it too (me-vue/src/i18n.ts). */
export const LANGUAGE_COOKIE = 'me_language'

/** The language that an address asks for by `?lang=`, if the site has it. */
export const languageAsked = ({ query }: Pick<Request, 'query'>): Language | undefined =>
  languages.find((language) => language === query['lang'])

/** The language of a reader: that of the address, else what they chose before, else their browser's, else English. */
export function languageOf(req: Request): Language {
  const chosen = parseCookie(req.get('cookie') ?? '')[LANGUAGE_COOKIE]
  return languageAsked(req) ?? languages.find((language) => language === chosen) ?? accepted(req)
}

function accepted(req: Request): Language {
  const language = req.acceptsLanguages('en', 'sv', 'nb', 'no', 'nn') || 'en'
  return language === 'no' || language === 'nn' ? 'nb' : (language as Language)
}
