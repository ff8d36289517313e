/** Says what JavaScript each page loads, gzipped, and stops the build when a page outgrew its budget. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

type Chunk = { file: string; imports?: string[] }

const dist = join(import.meta.dirname, '../dist')
const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

/** Budgets in kB (1,000 bytes), gzipped: 60 for the first page, 100 once the chat is open. */
const pages = [
  { name: 'home', entries: ['index.html'], budget: 60 },
  { name: 'reports', entries: ['index.html', 'src/reports/ReportsPage.vue'], budget: 60 },
  {
    name: 'chat',
    entries: ['index.html', 'src/chat/ChatPage.vue', biggestIn('src/locales/chat/')],
    budget: 100,
  },
]

for (const { name, entries, budget } of pages) {
  const files = loadedBy([...entries, biggestIn('src/locales/')])
  const size = [...files].reduce((sum, key) => sum + gzipped(key), 0) / 1000
  const fits = size <= budget
  console.log(
    `${fits ? ' ' : '✗'} ${name.padEnd(8)} ${size.toFixed(1).padStart(6)} kB of ${budget} kB JavaScript, gzipped`,
  )
  if (!fits) process.exitCode = 1
}

/** The language that weighs most, of those in one folder. */
function biggestIn(folder: string): string {
  const languages = Object.keys(manifest).filter((key) => /^[a-z]+\.json$/.test(key.replace(folder, '')))
  return languages.toSorted((a, b) => gzipped(b) - gzipped(a))[0]!
}

/** The chunks themselves and all they import statically. */
function loadedBy(keys: string[], seen = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (seen.has(key)) continue
    seen.add(key)
    loadedBy(chunk(key).imports ?? [], seen)
  }
  return seen
}

function chunk(key: string): Chunk {
  const found = manifest[key]
  if (!found) throw new Error(`${key} is not in the build's manifest`)
  return found
}

function gzipped(key: string): number {
  return gzipSync(readFileSync(join(dist, chunk(key).file)), { level: 9 }).length
}
