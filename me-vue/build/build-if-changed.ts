/** Builds the site only where its sources differ from those of the last build; silent when nothing is to do. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')
const site = join(repository, 'me-vue')
const stamp = join(site, 'dist/.built-from')
const sources = [
  'me-vue/src/**',
  'me-vue/public/**',
  'me-vue/build/**',
  'me-vue/{index.html,vite.config.ts,package.json}',
  'me-api/src/contract/**',
  'package{,-lock}.json',
]

const hash = hashOf(sources)
if (lastBuilt() !== hash) {
  console.log('Building the site …')
  // Imported only now: most starts have nothing to build.
  const { createBuilder } = await import('vite')
  await (await createBuilder({ root: site, logLevel: 'warn' })).buildApp()
  writeFileSync(stamp, hash)
}

function hashOf(patterns: string[]): string {
  const hash = createHash('sha256')
  for (const file of globSync(patterns, { cwd: repository }).toSorted()) {
    const path = join(repository, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

function lastBuilt(): string | undefined {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return undefined
  }
}
