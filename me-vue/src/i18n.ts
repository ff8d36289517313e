import { type App, inject, type InjectionKey, ref } from 'vue'
import { browserStorage } from './platform/browser-storage.ts'
import { isServer } from './platform/is-server.ts'
import { type Given, translate, type Words } from './translate.ts'

export const languages = { en: 'English', sv: 'Svenska', nb: 'Norsk bokmål' } as const
export type Language = keyof typeof languages

/** Each is its own chunk: a visitor loads only the language they read. */
const messages = {
  en: () => import('./locales/en.json'),
  sv: () => import('./locales/sv.json'),
  nb: () => import('./locales/nb.json'),
}
type Loaders = Record<Language, () => Promise<{ default: Words }>>
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
const words: Record<Language, Words> = { en: {}, sv: {}, nb: {} }

/** The i18n of one page: one for the browser's tab, one for each document that the server makes. */
export function createSiteI18n(language: Language) {
  const locale = ref(language)
  const t = (key: string, ...given: Given[]) => translate(words[locale.value], key, ...given)
  return { locale, t, install: (app: App) => app.provide(I18N, { locale, t }) }
}

type SiteI18n = ReturnType<typeof createSiteI18n>

const I18N: InjectionKey<Pick<SiteI18n, 'locale' | 't'>> = Symbol('i18n')

/** The language and the sentences of the page of which a component is a part. */
export const useI18n = () => inject(I18N)!

/** The i18n of this tab. The server has none. */
let ofTab: SiteI18n | undefined

/** Makes an i18n the one that this tab speaks by, also where no component asks. */
export async function speakBy(i18n: SiteI18n): Promise<void> {
  ofTab = i18n
  await setLanguage(i18n.locale.value)
}

/** A sentence for this tab's reader, for what is no component. */
export const say = (key: string): string => ofTab?.t(key) ?? ''

async function setLanguage(language: Language): Promise<void> {
  const known = Object.keys(parts).filter((part) => spoken().some((one) => knows(part, one)))
  await Promise.all([loadSiteMessages(language), ...known.map((part) => loadMessages(part, language))])
  if (ofTab) ofTab.locale.value = language
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
const spoken = (): Language[] => (isServer ? all : [ofTab?.locale.value ?? preferredLanguage()])
const knows = (part: string, language: Language) => part in words[language]
const learn = (language: Language, more: Words) => void Object.assign(words[language], more)

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
