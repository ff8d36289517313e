import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Stop } from '../errors.ts'

/**
 * Reads a file's lines in batches, unpacking it where it is gzipped, and tells how far it is: bytes of the file as it
 * lies on disk, which is what a progress bar can know beforehand.
 * @throws {Stop} where the file is not there, or damaged
 */
export function openLines(path: string) {
  const size = sizeOf(path)
  const file = createReadStream(path)
  // The callback is only there to have the one stream's error reach the other, from which it is thrown.
  const source = isGzip(path) ? pipeline(file, createGunzip(), () => {}) : file

  /** Split at line feeds alone: `readline` would also split at U+2028, which JSON leaves as it is. */
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

/** By its first bytes (RFC 1952 §2.3.1), whatever its name. */
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
