import { describe, expect, test } from '@jest/globals'
import type { PageData } from '../src/contract/index.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { siteWithReport, week4 } from './support/site-with-report.ts'
import { startApp } from './support/start-app.ts'

/** The page's elements: what a reader without scripts sees. */
const pageOf = (document: string): string => /<div id="app">([\s\S]*)<noscript>/.exec(document)?.[1] ?? ''
const textOf = (document: string): string => pageOf(document).replaceAll(/<[^<>]*>/g, ' ')
const dataOf = (document: string) =>
  JSON.parse(/id="page-data">([\s\S]*?)<\/script>/.exec(document)?.[1] ?? 'null') as PageData | null

describe('the content of documents', () => {
  test.each([
    ['/', ['Ada &quot;L&quot;', 'Engines.', 'Hello there.', 'Latest reports', 'Tests &amp; &lt;two&gt;']],
    ['/reports', ['Weekly reports', 'Week 4', 'Tests &amp; &lt;two&gt; seconds']],
    ['/reports/week/4', ['Tests &amp; &lt;two&gt; seconds', 'One server', 'per file', 'All reports']],
    ['/privacy', ['Privacy', 'A nick is enough.']],
    ['/transports', ['How a message travels', 'six ways for your browser']],
    ['/sign-in', ['Sign in', 'E-mail', 'Password']],
    ['/register', ['Register', 'Nick', 'Password']],
    ['/nobody/lives/here', ['Nobody lives at this address.', 'Go home']],
    ['/reports/week/40', ['No report for that week.', 'All reports']],
    ['/account', ['Your account', 'Sign in']],
    ['/moderation', ['Moderation']],
    ['/members', ['Members']],
    ['/reports/week/4/edit', ['Report for week 4']],
    ['/reset-password', ['Set a new password']],
  ])('%s holds its page, the navigation and the footer', async (path, words) => {
    const app = await siteWithReport()
    const { text } = await api(app).get(path)
    for (const word of [...words, 'Home', 'Reports', 'Chat', 'RSS']) expect(textOf(text)).toContain(word)
    expect(text).toContain('<a href="?lang=sv" hreflang="sv" lang="sv">Svenska</a>')
  })

  test.each([
    ['/sign-in', 'en', 'To sign in or register you need JavaScript.'],
    ['/register', 'sv', 'För att logga in eller skapa konto behöver du JavaScript.'],
    ['/sign-in', 'nb', 'For å logge inn eller opprette konto trenger du JavaScript.'],
    ['/reset-password', 'en', 'This page needs JavaScript.'],
    ['/account', 'sv', 'Den här sidan behöver JavaScript.'],
    ['/moderation', 'nb', 'Denne siden trenger JavaScript.'],
    ['/members', 'sv', 'Den här sidan behöver JavaScript.'],
    ['/edit', 'nb', 'Denne siden trenger JavaScript.'],
    ['/reports/new', 'en', 'This page needs JavaScript.'],
    ['/reports/week/4/edit', 'sv', 'Den här sidan behöver JavaScript.'],
    ['/index.html', 'en', 'This page needs JavaScript.'],
    ['/index.html', 'sv', 'Den här sidan behöver JavaScript.'],
    ['/index.html', 'nb', 'Denne siden trenger JavaScript.'],
  ])('what does not work without a script says so, %s in %s', async (path, language, words) => {
    const app = await startApp()
    const { text } = await api(app).get(`${path}?lang=${language}`).expect(200)
    const said = Array.from(text.matchAll(/<noscript[^>]*>([\s\S]*?)<\/noscript>/g), ([, inside]) => inside)
    expect(said.join('\n')).toContain(words)
    expect(said.join('\n').match(/JavaScript/g)).toHaveLength(1)
    expect(said.at(-1)).toContain('<a href="?lang=nb" hreflang="nb" lang="nb">')
  })

  test.each(['//other.example', '//other.example/reports', '///other.example'])(
    'at %s nothing leads to another host',
    async (path) => {
      const app = await startApp()
      const { text } = await api(app).get(path).expect(404)
      const addresses = Array.from(text.matchAll(/ (?:href|src)="([^"]*)"/g), ([, address = '']) => address)
      expect(addresses).toContain('?lang=sv')
      expect(addresses.filter((address) => /^[/\\]{2}/.test(address))).toEqual([])
    },
  )

  test.each([
    ...['//', '//?a=1', '///', '///x', '/./', '/%2e', '/..', '/%2f', '/%5c', '/%'],
    ...['/reports//', '//reports', '/reports//week/4', '/reports/week/4//', '/chat//', '/chat//lobby'],
    ...['//index.html', '/Index.html', '/index.html/', '/%ff'],
  ])('at %s there is nothing', async (path) => {
    const app = await siteWithReport()
    const { text } = await api(app).get(path).expect(404)
    expect(textOf(text)).toContain('Nobody lives at this address.')
    expect(text).toContain('<meta name="robots" content="noindex">')
  })

  test('no document sets a style by an attribute, which the policy forbids', async () => {
    const app = await siteWithReport()
    const pages = ['/', '/reports', '/reports/week/4', '/privacy', '/transports', '/sign-in', '/register']
    for (const path of [...pages, '/account', '/x'])
      expect((await api(app).get(path)).text).not.toMatch(/\sstyle=/)
  })

  test('a date is one of UTC and says its year, because nobody knows when and where it is read', async () => {
    const app = await siteWithReport()
    const { text } = await api(app).get('/reports').expect(200)
    const today = new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      timeZone: 'UTC',
    })
    expect(pageOf(text)).toContain(`>${today.format(new Date())}</time>`)
  })

  test.each(['</script><script>alert(1)</script>', '<!--<script>', '$& $1 $`', '\u2028\u2029', ']]>&amp;'])(
    'a title such as %j is text in the page and in the data for the script',
    async (title) => {
      const app = await siteWithReport()
      const plain = (await api(app).get('/reports/week/4').expect(200)).text.match(/<script/g) ?? []
      const owner = bearer(await ownerToken(app))
      await api(app)
        .put('/api/reports/week/4')
        .set(owner)
        .send({ title: `a ${title} b`, text: `a ${title} b` })
        .expect(200)
      const { data } = (await api(app).get('/api/reports/week/4').expect(200)).body
      const { text } = await api(app).get('/reports/week/4').expect(200)
      expect(dataOf(text)?.report).toEqual(data)
      const scripts = text.match(/<script/g) ?? []
      expect(scripts).toHaveLength(plain.length)
      expect(text.slice(text.indexOf('id="page-data"'))).not.toMatch(/<!--|[\u2028\u2029]/)
    },
  )

  test('the document of the service worker holds no page', async () => {
    const app = await siteWithReport()
    const { text } = await api(app).get('/index.html').expect(200)
    expect(text).toContain('<div id="app"></div>')
    expect(dataOf(text)).toBeNull()
  })
})

describe('the canonical address of a document', () => {
  test.each([
    ['/', '/'],
    ['/?a=1', '/'],
    ['/reports/', '/reports'],
    ['/Reports', '/reports'],
    ['/reports/week/04', '/reports/week/4'],
    ['/reports/week/4/', '/reports/week/4'],
    ['/Reports/week/%34', '/reports/week/4'],
    ['/chat/', '/chat'],
    ['/chat/lobby/', '/chat/lobby'],
  ])('of %s is %s', async (path, canonical) => {
    const app = await siteWithReport()
    const { text } = await api(app).get(path).expect(200)
    expect(text).toContain(`<link rel="canonical" href="${app.url}${canonical}">`)
    expect(text).toContain(`<meta property="og:url" content="${app.url}${canonical}">`)
  })
})

describe('the structured data of documents', () => {
  const structured = (document: string) =>
    [...document.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)].map(
      ([, json]) => JSON.parse(json ?? '') as object,
    )

  test('home is about the owner, a report is a post of theirs, and other pages have none', async () => {
    const app = await siteWithReport()
    const owner = bearer(await ownerToken(app))
    const links = [
      { label: 'Code', href: 'https://code.example/ada?a=1&b=2' },
      { label: 'Mail', href: 'mailto:ada@code.example' },
      { label: 'Old', href: 'HTTP://old.example' },
    ]
    const page = { name: 'Ada </script>', headline: '$& <!--', text: 'Words.', links }
    await api(app).put('/api').set(owner).send(page).expect(200)
    const person = { '@type': 'Person', name: 'Ada </script>', url: `${app.url}/` }
    expect(structured((await api(app).get('/').expect(200)).text)).toEqual([
      {
        '@context': 'https://schema.org',
        ...person,
        description: '$& <!--',
        sameAs: ['https://code.example/ada?a=1&b=2', 'HTTP://old.example'],
      },
    ])
    const { data } = (await api(app).get('/api/reports/week/4').expect(200)).body
    expect(structured((await api(app).get('/reports/week/4').expect(200)).text)).toEqual([
      {
        '@context': 'https://schema.org',
        '@type': 'BlogPosting',
        headline: 'Tests & <two> seconds',
        url: `${app.url}/reports/week/4`,
        datePublished: data.createdAt,
        dateModified: data.updatedAt,
        inLanguage: 'en',
        author: person,
      },
    ])
    for (const path of ['/reports', '/chat', '/reports/week/40', '/nowhere', '/index.html'])
      expect(structured((await api(app).get(path)).text)).toEqual([])
  })
})

describe('the language of documents', () => {
  test.each<[string, string, Record<string, string>]>([
    ['en', '/', {}],
    ['sv', '/', { 'accept-language': 'sv-SE,en;q=0.5' }],
    ['nb', '/', { 'accept-language': 'no' }],
    ['nb', '/', { 'accept-language': 'nn-NO' }],
    ['en', '/', { 'accept-language': 'fr' }],
    ['sv', '/', { 'accept-language': 'nb', cookie: 'other=1; me_language=sv' }],
    ['nb', '/', { 'accept-language': 'nb', cookie: 'me_language=xx' }],
    ['sv', '/?lang=sv', { 'accept-language': 'nb', cookie: 'me_language=en' }],
    ['nb', '/?lang=xx', { 'accept-language': 'nb' }],
    ['en', '/?lang=sv&lang=nb', {}],
    ['en', '/?lang[]=sv', {}],
    ['en', '/?lang=__proto__', {}],
  ])('is %s for %s with %j', async (language, path, headers) => {
    const app = await startApp()
    const response = await api(app).get(path).set(headers).expect(200)
    expect(response.text).toContain(`<html lang="${language}">`)
    expect(textOf(response.text)).toContain({ en: 'Reports', sv: 'Rapporter', nb: 'Rapporter' }[language])
    expect(response.headers['content-language']).toBe(language)
    expect(response.headers['vary']).toMatch(/Accept-Language, Cookie/)
  })

  test('the title and the description are in the language of the page', async () => {
    const app = await siteWithReport()
    const { text } = await api(app).get('/reports?lang=sv').expect(200)
    expect(text).toContain('<title>Veckorapporter – Ada &quot;L&quot;</title>')
    expect(text).toContain(
      '<meta name="description" content="Vad Ada &quot;L&quot; har lärt sig, vecka för vecka.">',
    )
  })

  test('is kept in a cookie when an address asks for it, and only then', async () => {
    const app = await startApp()
    const asked = await api(app).get('/?lang=sv').expect(200)
    expect(asked.headers['set-cookie']).toEqual([expect.stringMatching(/^me_language=sv; .*SameSite=Lax/)])
    for (const path of ['/', '/?lang=xx'])
      expect((await api(app).get(path).expect(200)).headers['set-cookie']).toBeUndefined()
  })
})

describe('the cache of documents', () => {
  test('a reader who has the document gets 304 until its content changes', async () => {
    const app = await siteWithReport()
    const get = (etag: string, language = 'en') =>
      api(app).get('/reports/week/4').set({ 'if-none-match': etag, 'accept-language': language })
    const { headers } = await api(app).get('/reports/week/4').expect(200)
    const etag = headers['etag'] ?? ''
    await get(etag).expect(304)
    await get(etag, 'sv').expect(200)
    const owner = bearer(await ownerToken(app))
    await api(app).put('/api/reports/week/4').set(owner).send({ title: 'New', text: 'Words.' }).expect(200)
    expect(textOf((await get(etag).expect(200)).text)).toContain('New')
    await api(app).delete('/api/reports/week/4').set(owner).expect(204)
    await get(etag).expect(404)
    await api(app).post('/api/reports').set(owner).send(week4).expect(201)
    await get('').expect(200)
  })

  test.each(['/', '/chat', '/feed.xml', '/sitemap.xml'])(
    '%s is sent plain, in gzip and in Brotli',
    async (path) => {
      const app = await siteWithReport()
      const plain = await api(app).get(path).set('accept-encoding', 'identity').expect(200)
      expect(plain.headers['content-encoding']).toBeUndefined()
      for (const [accepted, encoding] of [
        ['gzip', 'gzip'],
        ['br', 'br'],
        ['gzip, deflate, br, zstd', 'br'],
        ['deflate', undefined],
      ] as const) {
        const { text, headers } = await api(app).get(path).set('accept-encoding', accepted).expect(200)
        expect(headers['content-encoding']).toBe(encoding)
        expect(headers['vary']).toContain('Accept-Encoding')
        expect(headers['etag']).toBe(plain.headers['etag'])
        expect(text).toBe(plain.text)
        // Its length is known, because it is not compressed while it is sent.
        expect(headers['content-length']).toMatch(/^\d+$/)
      }
    },
  )
})
