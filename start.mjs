import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// Plain JavaScript, so that a Node too old for TypeScript can still say so in one line.
const needed = 26
if (Number.parseInt(process.versions.node) < needed) {
  process.stderr.write(
    `This needs Node ${needed} or newer, and found ${process.versions.node}. Start it with "npm start": ` +
      `"npm ci" brings the right Node, unless optional dependencies are left out.\n`,
  )
  process.exit(1)
}

// In a process of its own: what a build needs, 400 MB, would stay with the server for as long as it runs.
const build = join(import.meta.dirname, 'me-vue/build/build-if-changed.ts')
const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
await import('./me-api/src/main.ts')
