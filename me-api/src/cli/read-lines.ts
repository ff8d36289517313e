import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Stop } from '../errors.ts'

const LINE_FEED = 0x0a

/** Refuses invalid bytes instead of replacing them, and removes a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a file's lines, decompresses gzip, and reports the progress in bytes of the file on disk, whose total is known
 * in advance. A line that is not UTF-8 is null.
 * @throws {Stop} if the file is missing, damaged or in UTF-16
 */
export function openLines(path: string) {
  const size = sizeOf(path)
  const file = createReadStream(path)
  // The callback makes an error of one stream reach the other, which throws it.
  const source = isGzip(path) ? pipeline(file, createGunzip(), () => {}) : file

  /** Splits at line feeds only: `readline` would also split at U+2028, which JSON allows unescaped. */
  async function* split(): AsyncGenerator<Buffer> {
    let parts: Buffer[] = []
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let start = 0
      for (let end; (end = chunk.indexOf(LINE_FEED, start)) >= 0; start = end + 1) {
        yield Buffer.concat([...parts, chunk.subarray(start, end)])
        parts = []
      }
      parts.push(chunk.subarray(start))
    }
    const last = Buffer.concat(parts)
    if (last.length > 0) yield last
  }

  return {
    size,
    bytesRead: () => file.bytesRead,

    async *lines(): AsyncGenerator<string | null> {
      try {
        let isStart = true
        for await (const line of split()) {
          if (isStart && isUtf16(line))
            throw new Stop(`${path} is in UTF-16. Save it in UTF-8, and import that.`)
          isStart &&= line.length === 0
          yield decode(line)
        }
      } catch (error) {
        if (error instanceof Stop) throw error
        throw new Stop(`Cannot read ${path}: ${(error as Error).message}`)
      }
    },
  }
}

function decode(line: Buffer): string | null {
  try {
    return utf8.decode(line)
  } catch {
    return null
  }
}

/** Detects UTF-16 by its byte order mark, or by the zero byte of an ASCII character, with which JSON begins. */
function isUtf16([first, second]: Buffer): boolean {
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return isMarked || first === 0 || second === 0
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
