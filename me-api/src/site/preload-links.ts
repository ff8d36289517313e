import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Vite's `.vite/manifest.json`: each chunk's file and imports, by its source. */
type Manifest = Record<string, { file: string; imports?: string[]; css?: string[] }>

/** The sources of an address's page, in addition to those of every page. */
const pages: { pattern: RegExp; sources: (language: string) => string[] }[] = [
  {
    pattern: /^\/chat(\/|$)/,
    sources: (language) => [
      'src/chat/ChatPage.vue',
      `src/locales/chat/${language}.json`,
      'src/chat/search/SearchButton.vue',
      'src/chat/rooms/RoomMenu.vue',
      `src/locales/controls/${language}.json`,
    ],
  },
  { pattern: /^\/reports$/, sources: () => ['src/reports/ReportsPage.vue'] },
  { pattern: /^\/reports\/week\/\d+$/, sources: () => ['src/reports/ReportPage.vue'] },
]

const languages = ['en', 'sv', 'nb']

/**
 * Preloads the files of an address's page, including its translations, from the page's head. Otherwise the browser
 * would discover them only after the first scripts have run, a round trip or two later.
 * @throws if the built site lacks one of them, for example after a source was moved
 */
export function createPreloadLinks(directory: string) {
  const manifest = JSON.parse(readFileSync(join(directory, '.vite/manifest.json'), 'utf8')) as Manifest
  const ofEveryPage = filesOf(['index.html'])
  const commonLinks = linksByLanguage(() => [])
  const linksOfPages = pages.map(({ pattern, sources }) => ({ pattern, links: linksByLanguage(sources) }))

  function linksByLanguage(sources: (language: string) => string[]): Map<string, string[]> {
    return new Map(
      languages.map((language) => {
        const files = filesOf([`src/locales/${language}.json`, ...sources(language)])
        return [language, [...files.difference(ofEveryPage)].map(linkTo)]
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
    /** Returns the tags for the page's own files. @param language `en`, `sv` or `nb` */
    of(path: string, language: string): string[] {
      const { links } = linksOfPages.find(({ pattern }) => pattern.test(path)) ?? { links: commonLinks }
      // Every page shows the owner's name, which `/api` returns.
      return ['<link rel="preload" as="fetch" crossorigin href="/api">', ...(links.get(language) ?? [])]
    },
  }
}

const linkTo = (file: string): string =>
  file.endsWith('.css')
    ? `<link rel="preload" as="style" crossorigin href="/${file}">`
    : `<link rel="modulepreload" crossorigin href="/${file}">`
