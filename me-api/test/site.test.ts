import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createPreloadLinks } from '../src/site/preload-links.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { siteWithReport } from './support/site-with-report.ts'
import { startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

describe('HTML documents', () => {
  test.each([
    ['/', 'Ada &quot;L&quot; – Engines.', 'Hello there.', 'profile'],
    [
      '/reports',
      'Weekly reports – Ada &quot;L&quot;',
      'What Ada &quot;L&quot; learned, week by week.',
      'website',
    ],
    [
      '/reports/week/4',
      'Tests &amp; &lt;two&gt; seconds – Ada &quot;L&quot;',
      'One server per file, if a &lt; b.',
      'article',
    ],
    [
      '/chat/lobby',
      'Lobby – Ada &quot;L&quot;',
      'Talk with Ada &quot;L&quot; and everybody who is here now.',
      'website',
    ],
    ['/nobody/lives/here', 'Nobody lives at this address. – Ada &quot;L&quot;', 'Engines.', 'website'],
    ['/index.html', 'Ada &quot;L&quot;', 'Engines.', 'website'],
  ])(
    'the document of %s has its own title, description and Open Graph tags',
    async (path, title, description, type) => {
      const app = await siteWithReport()
      const { text, headers } = await api(app).get(path)
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
      const app = await siteWithReport()
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
    const app = await siteWithReport()
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
      ['/chat', 'Lobby – \u2068שרה\u2069'],
    ] as const)
      expect((await api(app).get(path).expect(200)).text).toContain(`<title>${title}</title>`)
  })

  test('the document names its preview picture by an absolute address', async () => {
    const app = await siteWithReport()
    const { text } = await api(app).get('/reports/week/4').expect(200)
    expect(text).toContain(`<meta property="og:image" content="${app.url}/house.png">`)
    expect(text).toContain('<meta name="twitter:card" content="summary_large_image">')
  })

  test('the document preloads the files of its page and the reader’s language', async () => {
    const app = await startApp()
    await (await visitor(app, 'ada')).send('hello')
    const linksOf = async (path: string, languages: string) => {
      const { text, headers } = await api(app).get(path).set('accept-language', languages).expect(200)
      expect(headers.vary).toContain('Accept-Language')
      // They wait in a template until the document is painted.
      const [before = '', waiting = ''] = text.split('<template id="after-paint">')
      expect(before).not.toContain('modulepreload')
      return [...waiting.matchAll(/<link rel="modulepreload" crossorigin href="\/([^"]*)">/g)].map(
        ([, href]) => href,
      )
    }
    const ofSite = ['assets/entry-client-abc123.js']
    expect(await linksOf('/', 'no, en;q=0.5')).toEqual([...ofSite, 'assets/nb-abc123.js'])
    expect(await linksOf('/', 'fr')).toEqual([...ofSite, 'assets/en-abc123.js'])
    expect(await linksOf('/chat/lobby/1', 'nn-NO')).toEqual([
      ...ofSite,
      'assets/nb-abc123.js',
      'assets/ChatPage-abc123.js',
      'assets/chat-abc123.js',
      'assets/chat-nb-abc123.js',
      'assets/chat-search-SearchButton-abc123.js',
      'assets/chat-rooms-RoomMenu-abc123.js',
      'assets/controls-nb-abc123.js',
    ])
  })

  test('a room’s document names what formats its messages, where it has such', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const hasStyles = async (path: string) =>
      (await api(app).get(path).expect(200)).text.includes(
        '<link rel="stylesheet" crossorigin href="/assets/FormattedText-abc123.css">',
      )
    await ada.send('plain')
    expect(await hasStyles('/chat')).toBe(false)
    await ada.send('**bold**')
    expect(await hasStyles('/chat/lobby/2')).toBe(true)
  })

  test('preload links fail when the built site lacks a file of a page', async () => {
    const app = await startApp()
    const manifest = join(app.folder, 'site/.vite/manifest.json')
    const { 'src/chat/ChatEntry.vue': _, ...others } = JSON.parse(readFileSync(manifest, 'utf8'))
    writeFileSync(manifest, JSON.stringify(others))
    expect(() => createPreloadLinks(join(app.folder, 'site'))).toThrow(/no src\/chat\/ChatEntry\.vue/)
  })

  test('the document of an unknown address is not indexed', async () => {
    const app = await siteWithReport()
    for (const [path, status] of [
      ['/nobody/lives/here', 404],
      ['/reports/week/40', 404],
      ['/reports/week/tomorrow', 404],
      ['/chat/nowhere', 404],
      ['/chat/nowhere/1', 404],
      ['/chat/lobby/1', 404],
      ['/chat/lobby/0', 404],
      ['/chat/lobby/999999999999999', 404],
      ['/chat/constructor', 404],
      ['/chat/%00', 404],
      ['/moderation', 200],
      ['/index.html', 200],
    ] as const) {
      const { text } = await api(app).get(path).expect(status)
      expect(text).toContain('<meta name="robots" content="noindex">')
      expect(text).not.toContain('rel="canonical"')
    }
  })

  test('a room and a message that are there have a document', async () => {
    const app = await startApp()
    await (await visitor(app, 'ada')).send('hello')
    for (const path of ['/chat', '/chat/lobby', '/chat/lobby/1']) {
      const { text } = await api(app).get(path).expect(200)
      expect(text).toContain(`<link rel="canonical" href="http://127.0.0.1:`)
    }
    await api(app).get('/chat/lobby/2').expect(404)
  })

  test.each(['/%zz', '/a%00b', '/..%2f..%2fpackage.json', '//elsewhere.example', '/.env'])(
    'the document answers %s too',
    async (path) => {
      const app = await startApp()
      const { text } = await api(app)
        .get(path)
        .expect(404)
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
