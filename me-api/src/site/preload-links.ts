import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Vite's `.vite/manifest.json`: each chunk's file, and what it imports, by its source. */
type Manifest = Record<string, { file: string; imports?: string[]; css?: string[] }>

/** The sources that an address's page is made of, beyond those of every page. */
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

/**
 * Names the files of an address's page in its head, its words too. The browser asks for them with the first ones;
 * by itself it would learn of them only when those have run, a round trip or two later.
 */
export function createPreloadLinks(directory: string) {
  const manifest = JSON.parse(readFileSync(join(directory, '.vite/manifest.json'), 'utf8')) as Manifest
  const ofEveryPage = filesOf(['index.html'])

  function filesOf(sources: string[], seen = new Set<string>()): Set<string> {
    for (const source of sources) {
      const chunk = manifest[source]
      if (!chunk || seen.has(source)) continue
      seen.add(source)
      filesOf(chunk.imports ?? [], seen)
    }
    return new Set([...seen].flatMap((source) => [manifest[source]!.file, ...(manifest[source]!.css ?? [])]))
  }

  return {
    /** Tags for the files that are this page's own. @param language `en`, `sv` or `nb` */
    of(path: string, language: string): string[] {
      const page = pages.find(({ pattern }) => pattern.test(path))
      const files = filesOf([`src/locales/${language}.json`, ...(page?.sources(language) ?? [])])
      return [
        // The name of who lives here stands on every page.
        '<link rel="preload" as="fetch" crossorigin href="/api">',
        ...[...files.difference(ofEveryPage)].map((file) =>
          file.endsWith('.css')
            ? `<link rel="preload" as="style" crossorigin href="/${file}">`
            : `<link rel="modulepreload" crossorigin href="/${file}">`,
        ),
      ]
    },
  }
}
