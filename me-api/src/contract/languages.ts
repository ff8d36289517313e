import { z } from 'zod'

/** The languages of the site. */
export const languages = ['en', 'sv', 'nb'] as const
export type Language = (typeof languages)[number]

/** Returns the site's own language that is nearest to a language tag (BCP 47), English where none is near. */
export function siteLanguageOf(tag: string): Language {
  const [language = ''] = tag.toLowerCase().split(/[-_]/)
  return languages.find((one) => one === language) ?? (/^n[no]$/.test(language) ? 'nb' : 'en')
}

/** A language tag; what the site does not have becomes the nearest that it has. */
export const ReaderLanguage = z.string().max(35).transform(siteLanguageOf)
