/**
 * Signs images in a registry, by their digests, as the workflow that built them (cosign's keyless way: no key to keep,
 * and none to lose). `npm run sign-images -- NAME@sha256:DIGEST …`
 */
import { spawnSync } from 'node:child_process'

// A repository's name may have capitals, an image's may not.
const images = process.argv.slice(2).map((image) => image.toLowerCase())
const wrong = images.filter((image) => !/^[a-z0-9./-]+@sha256:[0-9a-f]{64}$/.test(image))
if (images.length === 0 || wrong.length > 0) {
  process.stderr.write(`Not an image by its digest: ${wrong.join(' ') || 'none was named'}\n`)
  process.exit(1)
}
const { status, error } = spawnSync('cosign', ['sign', '--yes', ...images], { stdio: 'inherit' })
if (error) process.stderr.write(`cosign did not start: ${error.message}\n`)
process.exitCode = status ?? 1
