import { isolated } from 'me-api/contract/direction'
import { createI18n, type MessageResolver } from 'petite-vue-i18n'
import { markRaw } from 'vue'
import { browserStorage } from './platform/browser-storage.ts'
import { isServer } from './platform/is-server.ts'

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
/** The cookie that keeps the reader's choice, for the server too (me-api/src/site/reader-language.ts). */
const COOKIE = 'me_language'
/**
 * Where it is kept as well: Safari drops a script's cookie after seven days. Earlier versions, which may still run
 * offline or in another tab, read it here.
 */
const KEY = 'me.language'

/** The words that have been brought, for every i18n that is made: they are the same for all readers. */
const words: Record<Language, object> = markRaw({ en: {}, sv: {}, nb: {} })

/** One form for each number from 0, the last for all higher ones; if there are two forms, singular and plural. */
const plural = (count: number, forms: number) =>
  forms === 2 ? Number(count !== 1) : Math.min(count, forms - 1)

/** The message at `a.b.c`; the small build of vue-i18n cannot read nested messages by itself. */
function atPath(words: unknown, path: string): ReturnType<MessageResolver> {
  let value: unknown = words
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
  return (value ?? null) as ReturnType<MessageResolver>
}

/** The i18n of one page: one for the browser's tab, one for each document that the server makes. */
export function createSiteI18n(language: Language) {
  const i18n = createI18n({
    legacy: false,
    messageResolver: atPath,
    locale: language as string,
    messages: words as Record<string, Record<string, never>>,
    pluralRules: { en: plural, sv: plural, nb: plural },
    missingWarn: false,
    fallbackWarn: false,
  })
  // What others wrote is isolated wherever a sentence takes it, so that it cannot turn the sentence round.
  const { t: translate } = i18n.global
  i18n.global.t = ((key: string, ...values: unknown[]) =>
    Reflect.apply(translate, undefined, [key, ...values.map(isolatedValues)])) as typeof translate
  return i18n
}

export type SiteI18n = ReturnType<typeof createSiteI18n>

function isolatedValues(value: unknown): unknown {
  if (typeof value === 'string') return isolated(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isolatedValues(one)]))
}

/** The i18n of this tab. The server has none. */
let ofTab: SiteI18n | undefined

/** Makes an i18n the one that this tab speaks by, also where no component asks. */
export async function speakBy(i18n: SiteI18n): Promise<void> {
  ofTab = i18n
  await setLanguage(i18n.global.locale.value as Language)
}

/** A sentence for this tab's reader, for what is no component. */
export const say = (key: string): string => ofTab?.global.t(key) ?? ''

async function setLanguage(language: Language): Promise<void> {
  const known = Object.keys(parts).filter((part) => spoken().some((one) => knows(part, one)))
  await Promise.all([loadSiteMessages(language), ...known.map((part) => loadMessages(part, language))])
  if (ofTab) ofTab.global.locale.value = language
  document.documentElement.lang = language
}

async function loadSiteMessages(language: Language): Promise<void> {
  if (!knows('site', language)) learn(language, (await messages[language]()).default)
}

/** Brings the words of every page in every language, for a server, which speaks them all. */
export const loadAllLanguages = (): Promise<unknown> => Promise.all(all.map(loadSiteMessages))

/** Brings the words under a part's name; from then on every language spoken has them. */
export async function loadMessages(part: string, language?: Language): Promise<void> {
  await Promise.all(
    (language ? [language] : spoken()).map(async (one) => {
      if (!knows(part, one)) learn(one, { [part]: (await parts[part]![one]()).default })
    }),
  )
}

/** The same for a page with its own messages, so that no other module needs to know where they are. */
export function addMessages(part: string, words: Loaders): Promise<void> {
  parts[part] = words
  return loadMessages(part)
}

const all = Object.keys(languages) as Language[]
const spoken = (): Language[] =>
  isServer ? all : [(ofTab?.global.locale.value as Language | undefined) ?? preferredLanguage()]
const knows = (part: string, language: Language) => part in words[language]
const learn = (language: Language, more: object) => void Object.assign(words[language], more)

/** Speaks a language from now on, also at the next visit. */
export async function choose(language: Language): Promise<void> {
  await setLanguage(language)
  rememberLanguage(language)
}

/** Keeps the language, and tells the server by a cookie in which one to make this reader's documents, for a year. */
export function rememberLanguage(language: Language): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `${COOKIE}=${language}; path=/; max-age=31536000; samesite=lax${secure}`
  browserStorage.setItem(KEY, language)
}

/**
 * The language that the address asks for, else what was chosen here before, else the document's own: the server has
 * made it in one that the browser accepts.
 */
export function preferredLanguage(): Language {
  // An address that asks for two asks for none, as the server reads it.
  const asked = new URLSearchParams(location.search).getAll('lang').join()
  const chosen = new RegExp(`(?:^|; )${COOKIE}=(\\w+)`).exec(document.cookie)?.[1]
  const wanted = [asked, chosen, browserStorage.getItem(KEY), document.documentElement.lang]
  return wanted.find(isLanguage) ?? 'en'
}

/** Not `in`: what every object has, such as `constructor`, is no language. */
const isLanguage = (name: string | null | undefined): name is Language => Object.hasOwn(languages, name ?? '')
