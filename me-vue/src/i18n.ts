import { isolated } from 'me-api/contract/direction'
import { createI18n, type MessageResolver } from 'petite-vue-i18n'
import { browserStorage } from './platform/browser-storage.ts'

export const languages = { en: 'English', sv: 'Svenska', nb: 'Norsk bokmål' } as const
export type Language = keyof typeof languages

/** Each is its own chunk: a visitor loads only the language they read. */
const messages = {
  en: () => import('./locales/en.json'),
  sv: () => import('./locales/sv.json'),
  nb: () => import('./locales/nb.json'),
}
type Loaders = Record<Language, () => Promise<{ default: object }>>
/** The chat's messages, which a visitor who only reads the pages does without; pages add others. */
const parts: Record<string, Loaders> = {
  chat: {
    en: () => import('./locales/chat/en.json'),
    sv: () => import('./locales/chat/sv.json'),
    nb: () => import('./locales/chat/nb.json'),
  },
}
const key = 'me.language'

/** One form for each number from 0, the last for all higher ones; if there are two forms, singular and plural. */
const plural = (count: number, forms: number) =>
  forms === 2 ? Number(count !== 1) : Math.min(count, forms - 1)

/** The message at `a.b.c`; the small build of vue-i18n cannot read nested messages by itself. */
function atPath(words: unknown, path: string): ReturnType<MessageResolver> {
  let value: unknown = words
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
  return (value ?? null) as ReturnType<MessageResolver>
}

export const i18n = createI18n({
  legacy: false,
  messageResolver: atPath,
  locale: 'en',
  pluralRules: { en: plural, sv: plural, nb: plural },
  missingWarn: false,
  fallbackWarn: false,
})

/** What others wrote is isolated wherever a sentence takes it, so that it cannot turn the sentence round. */
const { t: translate } = i18n.global
i18n.global.t = ((key: string, ...values: unknown[]) =>
  Reflect.apply(translate, undefined, [key, ...values.map(isolatedValues)])) as typeof translate

function isolatedValues(value: unknown): unknown {
  if (typeof value === 'string') return isolated(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isolatedValues(one)]))
}

export async function setLanguage(language: Language): Promise<void> {
  const { global } = i18n
  if (!knows('site', language)) learn(language, (await messages[language]()).default)
  const known = Object.keys(parts).filter((part) => knows(part, spoken()))
  await Promise.all(known.map((part) => loadMessages(part, language)))
  global.locale.value = language
  document.documentElement.lang = language
}

/**
 * Brings the words under a part's name; from then on every language spoken has them. At the start the page is
 * asked for before its language is there.
 */
export async function loadMessages(part: string, language?: Language): Promise<void> {
  const wanted = language ?? (knows('site', spoken()) ? spoken() : preferredLanguage())
  if (!knows(part, wanted)) learn(wanted, { [part]: (await parts[part]![wanted]()).default })
}

/** The same for a page with its own messages, so that no other module needs to know where they are. */
export function addMessages(part: string, words: Loaders): Promise<void> {
  parts[part] = words
  return loadMessages(part)
}

const spoken = () => i18n.global.locale.value as Language
const knows = (part: string, language: Language) => part in i18n.global.getLocaleMessage(language)

function learn(language: Language, words: object): void {
  i18n.global.setLocaleMessage(language, { ...i18n.global.getLocaleMessage(language), ...words })
}

/** Speaks a language from now on, also at the next visit. */
export async function choose(language: Language): Promise<void> {
  await setLanguage(language)
  browserStorage.setItem(key, language)
}

/** What was chosen here before, else the first of the browser's own languages that we have, else English. */
export function preferredLanguage(): Language {
  const wanted = [browserStorage.getItem(key) ?? '', ...navigator.languages]
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0]
    if (language === 'no' || language === 'nn') return 'nb'
    if (language && language in languages) return language as Language
  }
  return 'en'
}
