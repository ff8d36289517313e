import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { type BuildManifest, keptOffline } from './build-manifest.ts'

/**
 * Builds `src/worker/service-worker.ts` beside the site as `/sw.js`: one classic script, since it is fetched anew by
 * every browser at every visit, with the names of the files it keeps.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    applyToEnvironment: ({ name }) => name === 'client',
    async writeBundle({ dir = 'dist' }) {
      const manifest = JSON.parse(readFileSync(join(dir, '.vite/manifest.json'), 'utf8')) as BuildManifest
      const files = keptOffline(manifest).map((file) => `/${file}`)
      // A new title in index.html is a new version too.
      const version = createHash('sha256')
        .update(JSON.stringify(manifest))
        .update(readFileSync(join(dir, 'index.html')))
        .digest('hex')
        .slice(0, 12)
      await build({
        configFile: false,
        root: join(import.meta.dirname, '..'),
        publicDir: false,
        logLevel: 'warn',
        define: { __KEPT_FILES__: JSON.stringify(files), __BUILD__: JSON.stringify(version) },
        build: {
          outDir: dir,
          emptyOutDir: false,
          reportCompressedSize: false,
          lib: {
            entry: 'src/worker/service-worker.ts',
            formats: ['iife'],
            name: 'worker',
            fileName: () => 'sw.js',
          },
        },
      })
    },
  }
}
