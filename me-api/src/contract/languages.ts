/** The languages of the site. */
export const languages = ['en', 'sv', 'nb'] as const
export type Language = (typeof languages)[number]
