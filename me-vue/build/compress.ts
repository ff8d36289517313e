/**
 * Compresses the built files for servers that send them as they lie there: Brotli, gzip and Zstandard, each at its
 * best, which takes many times as long as the build. Only files with a hash in their name, so that none can be older
 * than the file it stands for; never index.html, as the server writes each address's own title into it. What is there
 * already is kept, and a file has its name only once it is whole.
 */
import { existsSync, readdirSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { availableParallelism, setPriority } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'

const assets = join(import.meta.dirname, '../dist/assets')

// Before anything is asked of the threads, which inherit it: a server that starts meanwhile has the cores it needs.
if (process.argv.includes('--background')) setPriority(19)

// Brotli's best quality is what it has by default.
const formats: Record<string, (content: Buffer) => Promise<Buffer>> = {
  br: promisify(brotliCompress),
  gz: (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
  zst: (content) => promisify(zstdCompress)(content, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }),
}

const files = readdirSync(assets).filter((file) => /\.(js|css|svg)$/.test(file))
const waiting = files
  .flatMap((file) => Object.keys(formats).map((format) => ({ file, format })))
  .filter(({ file, format }) => !existsSync(join(assets, `${file}.${format}`)))
  .values()
await Promise.all(Array.from({ length: availableParallelism() }, compressWaiting))

async function compressWaiting(): Promise<void> {
  for (const { file, format } of waiting) {
    try {
      await compress(file, format)
    } catch (error) {
      // Another build has removed the files meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

async function compress(file: string, format: string): Promise<void> {
  const compressed = await formats[format]!(await readFile(join(assets, file)))
  // No server sends a file whose name begins with a dot; another start may be doing the same.
  const unfinished = join(assets, `.${file}.${format}.${process.pid}`)
  await writeFile(unfinished, compressed)
  await rename(unfinished, join(assets, `${file}.${format}`))
}
