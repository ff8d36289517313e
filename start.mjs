// Plain JavaScript, so that a Node too old for TypeScript can still say so in one line.
const needed = 26
if (Number.parseInt(process.versions.node) < needed) {
  process.stderr.write(
    `This needs Node ${needed} or newer, and found ${process.versions.node}. Start it with "npm start": ` +
      `"npm ci" brings the right Node, unless optional dependencies are left out.\n`,
  )
  process.exit(1)
}

await import('./me-vue/build/build-if-changed.ts')
await import('./me-api/src/main.ts')
