/** The languages of the site. */
export const languages = ['en', 'sv', 'nb'] as const
export type Language = (typeof languages)[number]

/** The site's own language that is nearest to a language tag (BCP 47). */
export function siteLanguageOf(tag: string): Language {
  const { language } = new Intl.Locale(tag)
  return languages.find((one) => one === language) ?? (/^n[no]$/.test(language) ? 'nb' : 'en')
}
