import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, jest, test } from '@jest/globals'
import type { Clock } from '../src/clock.ts'
import { createPreloadLinks } from '../src/site/preload-links.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

const week4 = { week: 4, title: 'Tests & <two> seconds', text: 'One server *per file*, if a < b.' }

async function houseWithReport(clock?: Clock) {
  const app = await startApp(clock ? { clock } : {})
  const token = bearer(await ownerToken(app))
  const page = { name: 'Ada "L"', headline: 'Engines.', text: 'Hello there.', links: [] }
  await api(app).put('/api').set(token).send(page).expect(200)
  await api(app).post('/api/reports').set(token).send(week4).expect(201)
  return app
}

describe('HTML documents', () => {
  test.each([
    ['/', 'Ada &quot;L&quot; – Engines.', 'Hello there.', 'profile'],
    ['/reports', 'Reports – Ada &quot;L&quot;', 'What Ada &quot;L&quot; learned, week by week.', 'website'],
    [
      '/reports/week/4',
      'Tests &amp; &lt;two&gt; seconds – Ada &quot;L&quot;',
      'One server per file, if a &lt; b.',
      'article',
    ],
    [
      '/chat/lobby',
      'Chat – Ada &quot;L&quot;',
      'Talk with Ada &quot;L&quot; and everybody who is here now.',
      'website',
    ],
    ['/nobody/lives/here', 'Ada &quot;L&quot;', 'Engines.', 'website'],
  ])(
    'the document of %s has its own title, description and Open Graph tags',
    async (path, title, description, type) => {
      const app = await houseWithReport()
      const { text, headers } = await api(app).get(path).expect(200)
      expect(headers['content-type']).toMatch(/^text\/html/)
      expect(text.match(/<title>/g)).toHaveLength(1)
      expect(text).toContain(`<title>${title}</title>`)
      expect(text).toContain(`<meta name="description" content="${description}">`)
      expect(text).toContain(`<meta property="og:title" content="${title}">`)
      expect(text).toContain(`<meta property="og:type" content="${type}">`)
      expect(text).toContain(`<meta property="og:url" content="${app.url}${path}">`)
    },
  )

  test.each([
    ['# Why a log\n\nA queue forgets.\n\n## Why not\n\nA log\nkeeps.', 'A queue forgets. A log keeps.'],
    ['Before ![a *cat*](/cat.png) after.\n\n![alone](https://a.example/x.png)', 'Before after.'],
    ['| a | b |\n| - | - |\n| c | d |\n\nAfter the table.', 'After the table.'],
    ['```js\nlet a = 1\n```\n\n    let b = 2\n\nUse `c` **now**.', 'Use c now.'],
    ['- milk\n- bread\n\nBought.\n\n> Said, too.', 'Bought. Said, too.'],
    ['- milk\n- [bread](https://a.example)', 'milk bread'],
    ['See https://a.example/__x__ & [it](/chat).', 'See https://a.example/__x__ &amp; it.'],
    ['# Only\n\n![headings](/x.png)', ''],
    [`a${'🦊'.repeat(1999)}`, `a${'🦊'.repeat(89)}…`],
    [`${'👩‍👩‍👧‍👦'.repeat(100)}`, `${'👩‍👩‍👧‍👦'.repeat(16)}…`],
    [`x ${'e\u0301'.repeat(500)}`, `x ${'e\u0301'.repeat(89)}…`],
    ['word '.repeat(200), `${'word '.repeat(35)}word…`],
  ])(
    'the description of %j is made of its paragraphs and ends between two characters',
    async (text, description) => {
      const app = await houseWithReport()
      await api(app)
        .put('/api/reports/week/4')
        .set(bearer(await ownerToken(app)))
        .send({ title: 'Four', text })
        .expect(200)
      const page = await api(app).get('/reports/week/4').expect(200)
      expect(page.text).toContain(`<meta name="description" content="${description}">`)
      expect(page.text).toContain(`<meta property="og:description" content="${description}">`)
      const feed = await api(app).get('/feed.xml').expect(200)
      if (description) expect(feed.text).toContain(`<![CDATA[${description}]]></summary>`)
      expect(feed.text + page.text).not.toContain('\ufffd')
    },
  )

  test('a name that is read from right to left does not turn a title round', async () => {
    const app = await houseWithReport()
    const owner = bearer(await ownerToken(app))
    await api(app)
      .put('/api')
      .set(owner)
      .send({ name: 'שרה', headline: 'Engines\u202e.', text: 'Hello.', links: [] })
      .expect(200)
    await api(app).put('/api/reports/week/4').set(owner).send({ title: 'א\u2069', text: 'x' }).expect(200)
    for (const [path, title] of [
      ['/reports/week/4', '\u2068א\u2069 – \u2068שרה\u2069'],
      ['/', '\u2068שרה\u2069 – \u2068Engines.\u2069'],
      ['/chat', 'Chat – \u2068שרה\u2069'],
    ] as const)
      expect((await api(app).get(path).expect(200)).text).toContain(`<title>${title}</title>`)
  })

  test('the document names its preview picture by an absolute address', async () => {
    const app = await houseWithReport()
    const { text } = await api(app).get('/reports/week/4').expect(200)
    expect(text).toContain(`<meta property="og:image" content="${app.url}/house.png">`)
    expect(text).toContain('<meta name="twitter:card" content="summary_large_image">')
  })

  test('the document preloads the files of its page and the reader’s language', async () => {
    const app = await startApp()
    const linksOf = async (path: string, languages: string) => {
      const { text, headers } = await api(app).get(path).set('accept-language', languages).expect(200)
      expect(headers.vary).toContain('Accept-Language')
      return [...text.matchAll(/<link rel="(?:modulepreload|preload)".* href="\/(.*)">/g)].map(
        ([, href]) => href,
      )
    }
    const words = ['assets/nb-abc123.js']
    expect(await linksOf('/', 'no, en;q=0.5')).toEqual(['api', ...words])
    expect(await linksOf('/', 'fr')).toEqual(['api', 'assets/en-abc123.js'])
    expect(await linksOf('/chat/lobby/12', 'nn-NO')).toEqual([
      'api',
      ...words,
      'assets/ChatPage-abc123.js',
      'assets/chat-abc123.js',
      'assets/chat-abc123.css',
      'assets/chat-nb-abc123.js',
      'assets/chat-search-SearchButton-abc123.js',
      'assets/chat-rooms-RoomMenu-abc123.js',
      'assets/controls-nb-abc123.js',
    ])
  })

  test('preload links fail when the built site lacks a file of a page', async () => {
    const app = await startApp()
    const manifest = join(app.folder, 'site/.vite/manifest.json')
    const { 'src/chat/ChatPage.vue': _, ...others } = JSON.parse(readFileSync(manifest, 'utf8'))
    writeFileSync(manifest, JSON.stringify(others))
    expect(() => createPreloadLinks(join(app.folder, 'site'))).toThrow(/no src\/chat\/ChatPage\.vue/)
  })

  test('the document of an unknown address is not indexed', async () => {
    const app = await houseWithReport()
    for (const path of ['/nobody/lives/here', '/reports/week/40', '/moderation']) {
      const { text } = await api(app).get(path).expect(200)
      expect(text).toContain('<meta name="robots" content="noindex">')
      expect(text).not.toContain('rel="canonical"')
    }
  })

  test.each(['/%zz', '/a%00b', '/..%2f..%2fpackage.json', '//elsewhere.example', '/.env'])(
    'the document answers %s too',
    async (path) => {
      const app = await startApp()
      const { text } = await api(app)
        .get(path)
        .expect(200)
        .expect('content-type', /^text\/html/)
      expect(text).toContain('<title>')
    },
  )

  test('the document’s Content-Security-Policy allows only its one inline script', async () => {
    const app = await startApp()
    const { headers } = await api(app).get('/').expect(200)
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'(;|$)/)
    expect(policy).not.toMatch(/unsafe|\*/)
  })

  test('documents and files answer 405 to POST', async () => {
    const app = await startApp()
    await api(app).post('/').expect(405)
    await api(app).post('/assets/index-abc123.js').expect(405)
  })
})

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

describe('manifest, feed and site map', () => {
  test('the web manifest carries the owner’s name', async () => {
    const app = await houseWithReport()
    const { text, headers } = await api(app).get('/site.webmanifest').expect(200)
    expect(headers['content-type']).toMatch(/^application\/manifest\+json/)
    expect(headers['cache-control']).toBe('no-cache')
    expect(JSON.parse(text)).toMatchObject({ name: 'Ada "L"', start_url: '/', display: 'standalone' })
  })

  test('the feed has every report, the newest week first, safely escaped', async () => {
    const app = await houseWithReport()
    await api(app)
      .post('/api/reports')
      .set(bearer(await ownerToken(app)))
      .send({ ...week4, week: 5, title: 'Five' })
      .expect(201)
    const { text, headers } = await api(app).get('/feed.xml').expect(200)
    expect(headers['content-type']).toMatch(/^application\/atom\+xml/)
    expect(text.indexOf('Five')).toBeLessThan(text.indexOf('two'))
    expect(text).toContain(`<id>${app.url}/reports/week/4</id>`)
    expect(text).toContain('Tests &amp; &lt;two&gt; seconds')
    expect(text).not.toContain('<two>')
  })

  test('the feed holds only characters and addresses that a reader elsewhere can use', async () => {
    const app = await houseWithReport()
    const text = [
      'Bell\u0008 and \u000b \u001f \ufffe \uffff, tab\tand 🦊 ]]> stay.',
      '[chat](/chat) [part](#part) [next](5) [other](https://other.example/a) [mail](mailto:a@b.example)',
      '![a lamp](/pictures/lamp.png)',
    ].join('\n\n')
    await api(app)
      .put('/api/reports/week/4')
      .set(bearer(await ownerToken(app)))
      .send({ title: 'Bell\u0008\uffff', text })
      .expect(200)
    const feed = (await api(app).get('/feed.xml').expect(200)).text
    expect(feed).not.toMatch(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u)
    expect(feed).toContain('<![CDATA[Bell]]>')
    expect(feed).toContain('🦊')
    const addresses = [...feed.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address)
    expect(addresses).toEqual(
      expect.arrayContaining([
        ...['/chat', '/reports/week/4#part', '/reports/week/5', '/pictures/lamp.png'].map(
          (path) => app.url + path,
        ),
        'https://other.example/a',
        'mailto:a@b.example',
      ]),
    )
    for (const address of addresses) expect(address).toMatch(/^(https?:\/\/|mailto:)/)
    const { body } = await api(app).get('/api/reports/week/4').expect(200)
    expect(feed).toContain(`<published>${body.data.createdAt}</published>`)
    expect(feed).toContain(`<updated>${body.data.updatedAt}</updated>`)
  })

  test('the site map lists the pages, and robots.txt names it', async () => {
    const app = await houseWithReport()
    const { text } = await api(app).get('/sitemap.xml').expect(200)
    const lastAddresses = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place)
    expect(lastAddresses).toEqual(
      ['/', '/reports', '/reports/week/4', '/chat', '/privacy'].map((path) => app.url + path),
    )
    const robots = await api(app).get('/robots.txt').expect(200)
    expect(robots.text).toContain(`Sitemap: ${app.url}/sitemap.xml`)
  })
})

describe('conditional requests', () => {
  const paths = [
    ...[
      '/',
      '/reports/week/4',
      '/chat/lobby',
      '/feed.xml',
      '/sitemap.xml',
      '/robots.txt',
      '/site.webmanifest',
    ],
    ...[
      '/api',
      '/api/reports',
      '/api/reports/week/4',
      '/api/privacy',
      '/api/chat/rooms',
      '/api/openapi.json',
    ],
    ...['/api/chat/rooms/lobby/messages', '/api/chat/rooms/lobby/changes', '/api/chat/search?q=hej'],
    ...['/api/chat/presence', '/api/asyncapi.json', '/api/docs/events', '/assets/index-abc123.js'],
  ]

  test('whoever has the current version gets 304, whatever the request says about caching', async () => {
    const app = await houseWithReport()
    for (const path of paths) {
      const { headers } = await api(app).get(path).expect(200)
      const etag = headers['etag'] ?? 'none'
      const ask = async (method: 'get' | 'head', wanted: string, directive: string) => {
        const asked = { 'if-none-match': wanted, 'cache-control': directive }
        const { status, text } = await api(app)[method](path).set(asked)
        return { path, status, ...(status === 304 && { text: text || '' }) }
      }
      for (const directive of ['no-cache', 'max-age=0', 'no-cache, no-store'])
        expect(await ask('get', etag, directive)).toEqual({ path, status: 304, text: '' })
      expect(await ask('head', etag, 'no-cache')).toEqual({ path, status: 304, text: '' })
      expect(await ask('get', '"another"', 'no-cache')).toEqual({ path, status: 200 })
    }
  })

  test("Node's fetch, which adds such a header by itself, gets 304", async () => {
    const app = await houseWithReport()
    for (const path of ['/api', '/', '/feed.xml', '/assets/index-abc123.js']) {
      const etag = (await fetch(app.url + path)).headers.get('etag') ?? 'none'
      const again = await fetch(app.url + path, { headers: { 'if-none-match': etag } })
      expect({ path, status: again.status }).toEqual({ path, status: 304 })
    }
  })
})

describe('cache of generated pages', () => {
  const MADE_OF_PAGES = ['/feed.xml', '/sitemap.xml', '/', '/reports/week/4', '/nobody/lives/here']

  test.each(MADE_OF_PAGES)('%s is generated once for all readers and hosts', async (path) => {
    const app = await houseWithReport()
    await api(app).get(path).expect(200)
    const readings = jest.spyOn(app.db, 'selectFrom')
    for (const host of ['one.example', 'two.example:8080', 'xn--bcher-kva.example']) {
      const { text } = await api(app).get(path).set({ host }).expect(200)
      expect(text).toContain(`http://${host}/`)
      expect(text).not.toContain(new URL(app.url).host)
    }
    expect(readings).not.toHaveBeenCalled()
  })

  test.each(['/feed.xml', '/sitemap.xml'])(
    '%s answers 304 to a reader who has the current version',
    async (path) => {
      const app = await houseWithReport()
      const { headers } = await api(app).get(path).expect(200)
      const [etag = '', modified = ''] = [headers['etag'], headers['last-modified']]
      expect(Date.parse(modified)).not.toBeNaN()
      await api(app).get(path).set('if-none-match', etag).expect(304, '')
      await api(app).get(path).set('if-modified-since', modified).expect(304, '')
      await api(app).get(path).set({ 'if-none-match': etag, host: 'another.example' }).expect(200)
    },
  )

  test('generated pages are refreshed when a report or the presentation changes', async () => {
    const clock = manualClock()
    const app = await houseWithReport(clock)
    const token = bearer(await ownerToken(app))
    const seen: string[] = []
    const look = async () => {
      const pages = []
      for (const path of ['/feed.xml', '/', '/reports/week/5']) pages.push((await api(app).get(path)).text)
      const last = (await api(app).get('/feed.xml')).headers['last-modified'] ?? ''
      const text = pages.join('\n')
      expect(seen).not.toContain(text)
      seen.push(text)
      clock.advance(5_000)
      return { text, last }
    }
    const { last } = await look()
    await api(app)
      .post('/api/reports')
      .set(token)
      .send({ ...week4, week: 5, title: 'Five' })
      .expect(201)
    const { text } = await look()
    expect(text).toContain('<title>Five – Ada &quot;L&quot;</title>')
    await api(app).put('/api/reports/week/5').set(token).send({ title: 'Fem', text: 'Nytt.' }).expect(200)
    expect((await look()).text).toContain('<title>Fem – Ada &quot;L&quot;</title>')
    await api(app).get('/feed.xml').set('if-modified-since', last).expect(200)
    await api(app).delete('/api/reports/week/4').set(token).expect(204)
    expect((await look()).text).not.toContain('Tests')
    const page = { name: 'Grace', headline: 'Ships.', text: 'Ahoy.', links: [] }
    await api(app).put('/api').set(token).send(page).expect(200)
    expect((await look()).text).toContain('<title>Grace – Ships.</title>')
  })
})
