/** Says what JavaScript each page loads, gzipped, and stops the build when a page outgrew its budget. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildManifest, chunkOf, keptOffline, languagesIn, loadedBy } from './build-manifest.ts'

const dist = join(import.meta.dirname, '../dist')
const manifest: BuildManifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

const first = ['index.html', 'src/entry-client.ts']
/** Budgets in kB (1,000 bytes), gzipped. */
const pages = [
  { name: 'home', entries: first, budget: 54 },
  // The tenth is for the address of /transports: every page knows those of all.
  { name: 'reports', entries: [...first, 'src/reports/ReportsPage.vue'], budget: 54.1 },
  { name: 'report', entries: [...first, 'src/reports/ReportPage.vue'], budget: 59 },
  {
    name: 'chat',
    entries: [...first, 'src/chat/ChatEntry.vue', biggestIn('src/locales/chat/')],
    // The tenth is for the same address, and for the check that the lesson's room is no room of the chat.
    budget: 95.1,
  },
]

for (const { name, entries, budget } of pages) {
  const keys = loadedBy(manifest, [...entries, biggestIn('src/locales/')])
  const size = kilobytes([...keys].map((key) => chunkOf(manifest, key).file))
  const fits = size <= budget
  console.log(
    `${fits ? ' ' : '✗'} ${name.padEnd(8)} ${size.toFixed(1).padStart(6)} kB of ${budget} kB JavaScript, gzipped`,
  )
  if (!fits) process.exitCode = 1
}
const offline = kilobytes(keptOffline(manifest)).toFixed(1).padStart(6)
console.log(`  offline  ${offline} kB kept for offline, with styles, font and every language`)

/** The language that weighs most, of those in one folder. */
function biggestIn(folder: string): string {
  const weight = (key: string) => gzipped(chunkOf(manifest, key).file)
  return languagesIn(manifest, folder).toSorted((a, b) => weight(b) - weight(a))[0]!
}

function kilobytes(files: string[]): number {
  return files.reduce((sum, file) => sum + gzipped(file), 0) / 1000
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
}
