import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'

const encoders: Record<string, (text: string) => Promise<Buffer>> = {
  br: (text) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text) => promisify(gzip)(text, { level: 9 }),
}

/** A text that is sent to many readers, for whom it is compressed once in each encoding. */
export function createCompressedText(text: string) {
  const encoded = new Map<string, Promise<Buffer>>()

  /** Sends the text, or 304 to a reader who has it. */
  return async function send(req: Request, res: Response): Promise<void> {
    res.vary('Accept-Encoding')
    if (req.fresh) return void res.status(304).end()
    // The smaller one first, whatever order the client names them in.
    const encoding = Object.keys(encoders).find((name) => req.acceptsEncodings(name))
    res.locals['isStored'] = true
    const encode = encoding && encoders[encoding]
    if (!encode) return void res.send(text)
    let body = encoded.get(encoding)
    if (!body) encoded.set(encoding, (body = encode(text)))
    res.set('Content-Encoding', encoding).send(await body)
  }
}

export type CompressedText = ReturnType<typeof createCompressedText>
