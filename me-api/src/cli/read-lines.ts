import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Stop } from '../errors.ts'

/**
 * Reads a file's lines in batches, decompresses gzip, and reports the progress in bytes of the file on disk, whose
 * total is known in advance.
 * @throws {Stop} if the file is missing or damaged
 */
export function openLines(path: string) {
  const size = sizeOf(path)
  const file = createReadStream(path)
  // The callback makes an error of one stream reach the other, which throws it.
  const source = isGzip(path) ? pipeline(file, createGunzip(), () => {}) : file

  /** Splits at line feeds only: `readline` would also split at U+2028, which JSON allows unescaped. */
  async function* lines(): AsyncGenerator<string> {
    let rest = ''
    let isFirst = true
    for await (const chunk of source.setEncoding('utf8')) {
      const text = isFirst ? (chunk as string).replace(/^\ufeff/, '') : (chunk as string)
      isFirst = false
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
    if (rest) yield rest
  }

  return {
    size,
    bytesRead: () => file.bytesRead,

    async *batches(batchSize: number): AsyncGenerator<string[]> {
      let batch: string[] = []
      try {
        for await (const line of lines()) {
          batch.push(line)
          if (batch.length < batchSize) continue
          yield batch
          batch = []
        }
      } catch (error) {
        throw new Stop(`Cannot read ${path}: ${(error as Error).message}`)
      }
      if (batch.length > 0) yield batch
    },
  }
}

/** Detects gzip by the first bytes (RFC 1952 §2.3.1), whatever the file's name. */
function isGzip(path: string): boolean {
  if (!statSync(path).isFile()) return false
  const file = openSync(path, 'r')
  const start = Buffer.alloc(2)
  readSync(file, start, 0, 2, 0)
  closeSync(file)
  return start[0] === 0x1f && start[1] === 0x8b
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    throw new Stop(`There is no file ${path}`)
  }
}
