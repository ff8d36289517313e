import { createReadStream, statSync } from 'node:fs'
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
  const source = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file

  /** Split at line feeds alone: `readline` would also split at U+2028, which JSON leaves as it is. */
  async function* lines(): AsyncGenerator<string> {
    let rest = ''
    for await (const chunk of source.setEncoding('utf8')) {
      const parts = (rest + (chunk as string)).split('\n')
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

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    throw new Stop(`There is no file ${path}`)
  }
}
