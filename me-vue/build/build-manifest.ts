/** What the build wrote about its chunks, and what follows from it. */
type Chunk = { file: string; imports?: string[]; css?: string[]; assets?: string[] }
export type BuildManifest = Record<string, Chunk>

export function chunkOf(manifest: BuildManifest, key: string): Chunk {
  const found = manifest[key]
  if (!found) throw new Error(`${key} is not in the build's manifest`)
  return found
}

/** The chunks themselves and all they import statically, by their keys. */
export function loadedBy(manifest: BuildManifest, keys: string[], seen = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (seen.has(key)) continue
    seen.add(key)
    loadedBy(manifest, chunkOf(manifest, key).imports ?? [], seen)
  }
  return seen
}

/** The languages in one folder of words. */
export const languagesIn = (manifest: BuildManifest, folder: string): string[] =>
  Object.keys(manifest).filter((key) => /^[a-z]+\.json$/.test(key.replace(folder, '')))

/** What a visitor needs to open the site without a network: code and styles of what one reads, font, every language. */
export function keptOffline(manifest: BuildManifest): string[] {
  const keys = loadedBy(manifest, [
    'index.html',
    'src/entry-client.ts',
    'src/chat/ChatEntry.vue',
    'src/chat/composer/ComposerContainer.vue',
    'src/chat/people/PeopleList.vue',
    'src/chat/client/offline-log.ts',
    'src/chat/timeline/message/MessageToolbar.vue',
    'src/chat/timeline/message-tab-stops.ts',
    'src/chat/outbox/create-write-actions.ts',
    'src/reports/ReportsPage.vue',
    'src/reports/ReportPage.vue',
    'src/platform/scroll-when-ready.ts',
    'src/ui/prose-controls.ts',
    'src/about/AskAboutThis.vue',
    'src/about/PageTalk.vue',
    'src/chat/page-talk/TalkPanel.vue',
    'src/privacy/load-privacy-page.ts',
    'src/privacy/my-data.ts',
    'src/site/NotFoundPage.vue',
    'src/site/load-kept-note.ts',
    'src/site/NewVersion.vue',
    'src/site/SiteFooter.vue',
    ...languagesIn(manifest, 'src/locales/'),
    ...languagesIn(manifest, 'src/locales/privacy/'),
    ...languagesIn(manifest, 'src/locales/my-data/'),
    // What the footer's form needs.
    ...languagesIn(manifest, 'src/locales/fields/'),
    ...languagesIn(manifest, 'src/locales/prose/'),
    ...languagesIn(manifest, 'src/locales/talk/'),
    ...languagesIn(manifest, 'src/locales/chat/'),
    ...languagesIn(manifest, 'src/locales/controls/'),
  ])
  const files = [...keys].flatMap((key) => {
    const { file, css = [], assets = [] } = chunkOf(manifest, key)
    return [file, ...css, ...assets]
  })
  // The letters that few texts have are kept when one has them.
  return [...new Set(files)].filter((file) => !/newsreader-latin/.test(file)).toSorted()
}
