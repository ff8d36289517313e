import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

describe('static files', () => {
  test('hashed assets are cached for a year, and missing assets answer 404', async () => {
    const app = await startApp()
    const { headers } = await api(app).get('/assets/index-abc123.js').expect(200)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    await api(app).get('/assets/index-gone.js').expect(404)
  })

  test('the service worker is revalidated at every visit', async () => {
    const app = await startApp()
    const { headers } = await api(app).get('/sw.js').expect(200)
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['content-type']).toMatch(/javascript/)
  })

  test('a file deleted under the running server answers 404, and the server keeps running', async () => {
    const app = await startApp()
    rmSync(join(app.folder, 'site/assets'), { recursive: true })
    await api(app).get('/assets/index-abc123.js').expect(404)
    await api(app).get('/').expect(200)
  })

  test.each(['/../package.json', '/..%2f..%2fpackage.json', '/assets/..%2f..%2fme.db', '/%2e%2e/me.db'])(
    'only files of the site can be reached by %s',
    async (path) => {
      const app = await startApp()
      const { text } = await api(app).get(path)
      expect(text).not.toMatch(/"workspaces"|SQLite/)
    },
  )
})

test('answers are compressed', async () => {
  const app = await startApp()
  const { headers } = await api(app).get('/').set('accept-encoding', 'gzip').expect(200)
  expect(headers['content-encoding']).toBe('gzip')
})

test('files of the site are not compressed on request', async () => {
  const app = await startApp()
  writeFileSync(join(app.folder, 'site/assets/large-abc123.js'), '0;'.repeat(5_000))
  const { headers } = await api(app)
    .get('/assets/large-abc123.js')
    .set('accept-encoding', 'deflate')
    .expect(200)
  expect(headers['content-encoding']).toBeUndefined()
})

describe('precompressed files', () => {
  const asset = '/assets/large-abc123.js'
  const content = 'export const zero = 0;\n'.repeat(500)

  /** The site with one large file, and what puts a compressed one beside it. */
  async function siteWithAsset() {
    const app = await startApp()
    const file = join(app.folder, 'site', asset)
    writeFileSync(file, content)
    const read = (encodings: string) => api(app).get(asset).set('accept-encoding', encodings).expect(200)
    return { app, file, read }
  }

  test('a precompressed file is sent as soon as it exists, and no longer once it is deleted', async () => {
    const { file, read } = await siteWithAsset()
    const plain = await read('gzip, br')
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.headers['vary']).toContain('Accept-Encoding')
    for (const [suffix, encoding, compressed] of [
      ['.gz', 'gzip', gzipSync(content)],
      ['.br', 'br', brotliCompressSync(content)],
    ] as const) {
      writeFileSync(file + suffix, compressed)
      const { headers, text } = await read('gzip, br')
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-length': String(compressed.length),
        'content-type': plain.headers['content-type'],
        'cache-control': plain.headers['cache-control'],
      })
      expect(headers['vary']).toContain('Accept-Encoding')
      expect(headers['etag']).not.toBe(plain.headers['etag'])
      expect(text).toBe(content)
    }
    rmSync(`${file}.br`)
    expect((await read('gzip, br')).headers['content-encoding']).toBe('gzip')
    rmSync(`${file}.gz`)
    const again = await read('gzip, br')
    expect(again.headers['content-encoding']).toBeUndefined()
    expect(again.text).toBe(content)
  })

  test.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['deflate', undefined],
    ['identity', undefined],
  ])(
    'a precompressed file is sent to Accept-Encoding %s with the encoding %s',
    async (encodings, encoding) => {
      const { file, read } = await siteWithAsset()
      writeFileSync(`${file}.br`, brotliCompressSync(content))
      writeFileSync(`${file}.gz`, gzipSync(content))
      const { headers, text } = await read(encodings)
      expect(headers['content-encoding']).toBe(encoding)
      expect(text).toBe(content)
    },
  )

  test('a precompressed file is not sent while it is being written', async () => {
    const { app, file, read } = await siteWithAsset()
    writeFileSync(join(file, '../.large-abc123.js.br'), 'half')
    expect((await read('br')).text).toBe(content)
    await api(app).get('/assets/.large-abc123.js.br').expect(404)
  })

  test('a missing file answers 404 without an encoding', async () => {
    const { app, file } = await siteWithAsset()
    rmSync(file)
    const { headers } = await api(app).get(asset).set('accept-encoding', 'br').expect(404)
    expect(headers['content-encoding']).toBeUndefined()
  })
})
