import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Language, languages } from '../contract/index.ts'

/** Vite's `.vite/manifest.json`: each chunk's file and imports, by its source. */
type Manifest = Record<string, { file: string; imports?: string[]; css?: string[] }>

const chat = (language: string) => [
  'src/chat/ChatEntry.vue',
  `src/locales/chat/${language}.json`,
  'src/chat/search/SearchButton.vue',
  'src/chat/rooms/RoomMenu.vue',
  `src/locales/controls/${language}.json`,
]
const account = (page: string) => (language: string) => [
  `src/accounts/${page}.vue`,
  `src/locales/account-forms/${language}.json`,
  `src/locales/fields/${language}.json`,
]

const mail = (language: string) => ['src/mail/load-mail-pages.ts', `src/locales/mail/${language}.json`]

const ofChat = { chat, room: chat, message: chat }

/** The sources of a route's page, in addition to those of every page. */
const sourcesOf: Record<string, (language: string) => string[]> = {
  ...ofChat,
  reports: () => ['src/reports/ReportsPage.vue'],
  report: () => ['src/reports/ReportPage.vue'],
  privacy: (language) => ['src/privacy/load-privacy-page.ts', `src/locales/privacy/${language}.json`],
  transports: (language) => [
    'src/lesson/load-transports-page.ts',
    `src/locales/lesson/${language}.json`,
    `src/locales/lesson-text/${language}.json`,
  ],
  'sign-in': account('SignInPage'),
  register: account('RegisterPage'),
  'reset-password': account('ResetPasswordPage'),
  'forgot-password': account('ForgotPasswordPage'),
  answer: mail,
  unsubscribe: mail,
  nowhere: () => ['src/site/NotFoundPage.vue'],
}

/**
 * What the chat loads only where it needs it: the source, and by what in its document one sees that it does. The
 * document needs the styles of the first one too.
 */
const partsOfChat = [
  { sign: ' class="formatted', source: 'src/chat/formatting/FormattedText.ts', isStyled: true },
  { sign: ' class="rooms', source: 'src/chat/rooms/RoomsSidebar.vue', isStyled: false },
  { sign: ' class="further', source: 'src/chat/timeline/HistoryAround.vue', isStyled: false },
]

/** What every page runs once it is painted. */
const SITE = 'src/entry-client.ts'

/**
 * Preloads the files of an address's page, including its translations, from the page's head. Otherwise the browser
 * would discover them only after the first scripts have run, a round trip or two later.
 * @throws if the built site lacks one of them, for example after a source was moved
 */
export function createPreloadLinks(directory: string) {
  const manifest = JSON.parse(readFileSync(join(directory, '.vite/manifest.json'), 'utf8')) as Manifest
  const inTemplate = filesOf(['index.html'])
  const filesOfOthers = filesByLanguage(() => [])
  const filesOfPages = new Map(
    Object.entries(sourcesOf).map(([route, sources]) => [route, filesByLanguage(sources)]),
  )

  const parts = partsOfChat.map(({ source, ...part }) => ({
    ...part,
    files: [...filesOf([source]).difference(inTemplate)],
  }))

  function filesByLanguage(sources: (language: Language) => string[]): Map<Language, string[]> {
    return new Map(
      languages.map((language) => {
        const files = filesOf([SITE, `src/locales/${language}.json`, ...sources(language)])
        return [language, [...files.difference(inTemplate)]]
      }),
    )
  }

  function filesOf(sources: string[], seen = new Set<string>()): Set<string> {
    for (const source of sources) {
      if (seen.has(source)) continue
      seen.add(source)
      filesOf(chunkOf(source).imports ?? [], seen)
    }
    return new Set([...seen].map(chunkOf).flatMap(({ file, css = [] }) => [file, ...css]))
  }

  function chunkOf(source: string) {
    const chunk = manifest[source]
    if (!chunk)
      throw new Error(`The built site has no ${source}: build it again, or correct the name of its source.`)
    return chunk
  }

  return {
    /**
     * Returns the tags for the page's own files. A page whose content is in the document is painted with its styles
     * alone: the template holds back its scripts until then (me-vue/src/paint-first.ts). `html` is that content.
     */
    of(route: string, language: Language, html: string | undefined): string[] {
      const files = (filesOfPages.get(route) ?? filesOfOthers).get(language) ?? []
      // Every page shows the owner's name, which `/api` returns.
      if (html === undefined)
        return ['<link rel="preload" as="fetch" crossorigin href="/api">', ...files.map(linkTo)]
      const shown = route in ofChat ? parts.filter(({ sign }) => html.includes(sign)) : []
      const styled = shown.filter(({ isStyled }) => isStyled)
      const styles = new Set([files, ...styled.map(({ files }) => files)].flat().filter(isStyle))
      const later = new Set([files, ...shown.map(({ files }) => files)].flat()).difference(styles)
      return [
        ...[...styles].map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
        `<template id="after-paint">${[...later].map(linkTo).join('')}</template>`,
      ]
    },
  }
}

const isStyle = (file: string): boolean => file.endsWith('.css')

const linkTo = (file: string): string =>
  isStyle(file)
    ? `<link rel="preload" as="style" crossorigin href="/${file}">`
    : `<link rel="modulepreload" crossorigin href="/${file}">`
