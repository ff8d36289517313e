import { describe, expect, test } from '@jest/globals'
import { jsonOf, sendRaw, upgrade } from './support/raw-request.ts'
import { refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const site = { SITE_URL: 'https://example.org' }

const get = (app: TestApp, path: string, host: string, ...more: string[]) =>
  sendRaw(app, `GET ${path}`, `Host: ${host}`, ...more)

/** The places where a page says under which address it is. */
async function linksUnder(app: TestApp, host: string, ...more: string[]): Promise<string[]> {
  const [page, feed, map, robots] = await Promise.all(
    ['/reports', '/feed.xml', '/sitemap.xml', '/robots.txt'].map((path) => get(app, path, host, ...more)),
  )
  return [
    /rel="canonical" href="(.*)\/reports"/.exec(page?.body ?? '')?.[1],
    /og:url" content="(.*)\/reports"/.exec(page?.body ?? '')?.[1],
    /og:image" content="(.*)\/house.png"/.exec(page?.body ?? '')?.[1],
    /<id>(.*)\/<\/id>/.exec(feed?.body ?? '')?.[1],
    /<loc>(.*)\/reports<\/loc>/.exec(map?.body ?? '')?.[1],
    /Sitemap: (.*)\/sitemap.xml/.exec(robots?.body ?? '')?.[1],
  ].map(String)
}

const poll = '/socket.io/?EIO=4&transport=polling'
const socketIo = '/socket.io/?EIO=4&transport=websocket'
const plainSocket = '/api/chat/socket'

describe('with SITE_URL', () => {
  test.each([
    'example.org',
    'EXAMPLE.org',
    'example.org:443',
    'example.org.',
    'Example.Org.:443',
    'example.org:',
  ])('the server accepts the Host %s and starts every absolute link with SITE_URL', async (host) => {
    const app = await startApp({ settings: site })
    expect(new Set(await linksUnder(app, host))).toEqual(new Set(['https://example.org']))
    expect((await get(app, '/api', host)).status).toBe(200)
    expect((await get(app, poll, host)).status).toBe(200)
    for (const path of [socketIo, plainSocket])
      expect((await get(app, path, host, ...upgrade)).status).toBe(101)
  })

  test.each([
    'other.example',
    'www.example.org',
    'example.org.other.example',
    'notexample.org',
    'example.org:80',
    'example.org:8443',
    'localhost',
    '127.0.0.1:1337',
    '[::1]:1337',
  ])('the server answers 421 MISDIRECTED on every path and transport for the Host %s', async (host) => {
    const app = await startApp({ settings: site })
    const misdirected = refusal(421, 'MISDIRECTED')
    for (const path of ['/', '/feed.xml', '/assets/index-abc123.js', '/api', '/api/nothing', poll]) {
      const answer = await get(app, path, host)
      expect([path, answer.status, jsonOf(answer)]).toEqual([path, 421, misdirected])
    }
    for (const path of [socketIo, plainSocket, '/api']) {
      const answer = await get(app, path, host, ...upgrade)
      expect([path, answer.status, jsonOf(answer)]).toEqual([path, 421, misdirected])
    }
    const post = await sendRaw(app, 'POST /api/logout', `Host: ${host}`, 'Content-Length: 0')
    expect(post.status).toBe(421)
  })

  test('health checks and metrics answer under any Host', async () => {
    const app = await startApp({ settings: { ...site, METRICS_TOKEN: 'a token of some length' } })
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      const answer = await get(app, path, '10.0.0.7:1337', 'Authorization: Bearer a token of some length')
      expect([path, answer.status]).toEqual([path, 200])
    }
  })

  test('the host in an absolute request target overrides Host', async () => {
    const app = await startApp({ settings: site })
    for (const path of ['/', '/api', '/socket.io/?EIO=4&transport=polling', '/healthz/..//api'])
      expect((await get(app, `http://other.example${path}`, 'example.org')).status).toBe(421)
    expect((await get(app, `http://other.example${plainSocket}`, 'example.org', ...upgrade)).status).toBe(421)
    expect((await get(app, 'https://other.example', 'example.org')).status).toBe(421)
    expect((await get(app, 'http://example.org/api', 'example.org')).status).toBe(200)
    expect((await get(app, 'HTTPS://Example.org:443/api', 'example.org')).status).toBe(200)
    expect((await get(app, 'http://other.example/healthz', 'example.org')).status).toBe(200)
  })

  test('the server reads X-Forwarded-Host only from a trusted proxy', async () => {
    const alone = await startApp({ settings: site })
    expect((await get(alone, '/api', 'other.example', 'X-Forwarded-Host: example.org')).status).toBe(421)
    expect((await get(alone, '/api', 'example.org', 'X-Forwarded-Host: other.example')).status).toBe(200)
    const behind = await startApp({ settings: { ...site, TRUST_PROXY: '1' } })
    expect((await get(behind, '/api', 'api:1337', 'X-Forwarded-Host: example.org')).status).toBe(200)
    expect((await get(behind, '/api', 'example.org', 'X-Forwarded-Host: other.example')).status).toBe(421)
    expect(
      (await get(behind, '/api', 'example.org', 'X-Forwarded-Host: other.example, example.org')).status,
    ).toBe(421)
  })

  test('a SITE_URL with a port uses that port in links and refuses other ports', async () => {
    const app = await startApp({ settings: { SITE_URL: 'http://localhost:8080' } })
    expect(await linksUnder(app, 'localhost:8080')).toContain('http://localhost:8080')
    for (const host of ['localhost', 'localhost:80', 'localhost:1337', '127.0.0.1:8080'])
      expect((await get(app, '/', host)).status).toBe(421)
  })
})

describe('without SITE_URL', () => {
  test.each([
    ['localhost:1337', 'http://localhost:1337'],
    ['Example.ORG', 'http://example.org'],
    ['example.org:80', 'http://example.org'],
    ['example.org.', 'http://example.org'],
    ['me_api-1.internal:8080', 'http://me_api-1.internal:8080'],
    ['192.0.2.7', 'http://192.0.2.7'],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]:8080'],
  ])('absolute links use the Host of the request: %s', async (host, origin) => {
    const app = await startApp()
    expect(new Set(await linksUnder(app, host))).toEqual(new Set([origin]))
    expect((await get(app, plainSocket, host, ...upgrade)).status).toBe(101)
  })

  test('absolute links use X-Forwarded-Host and X-Forwarded-Proto only from a trusted proxy', async () => {
    const forwarded = ['X-Forwarded-Host: example.org', 'X-Forwarded-Proto: https']
    const alone = await startApp()
    expect(new Set(await linksUnder(alone, 'a', ...forwarded))).toEqual(new Set(['http://a']))
    const behind = await startApp({ settings: { TRUST_PROXY: '1' } })
    expect(new Set(await linksUnder(behind, 'a', ...forwarded))).toEqual(new Set(['https://example.org']))
    const odd = ['X-Forwarded-Proto: javascript']
    expect(new Set(await linksUnder(behind, 'a', ...odd))).toEqual(new Set(['http://a']))
  })

  test('the host in an absolute request target overrides Host', async () => {
    const app = await startApp()
    const { body } = await get(app, 'http://one.example/reports', 'two.example')
    expect(body).toContain('<link rel="canonical" href="http://one.example/reports">')
  })

  const illFormed = [
    ...[
      'a b',
      '',
      'a/b',
      'a?b',
      'a#b',
      'a@b',
      'user@a',
      'a,b',
      'a"b',
      "a'b",
      'a<b',
      'a\\b',
      'a%41',
      'a..b',
      '.a',
    ],
    ...[
      'a:b',
      'a:99999',
      'a:1:2',
      '::1',
      '[::1',
      '[::g]',
      '[::1]x',
      '999.1.1.1',
      'http://a',
      'b\xfccher.example',
    ],
    ...['x'.repeat(64), `${'x.'.repeat(140)}x`],
  ]
  test('the server answers 400 for a malformed Host', async () => {
    const app = await startApp()
    const statusesOf = async (host: string) => {
      const pages = await Promise.all(['/feed.xml', '/healthz', poll].map((path) => get(app, path, host)))
      for (const page of pages) expect([host, jsonOf(page)]).toEqual([host, refusal(400, 'INVALID')])
      const upgraded = await get(app, plainSocket, host, ...upgrade)
      return [host, ...[...pages, upgraded].map(({ status }) => status)]
    }
    for (const host of illFormed) expect(await statusesOf(host)).toEqual([host, 400, 400, 400, 400])
  })

  test('the server answers 400 for a missing or repeated Host and for a malformed target', async () => {
    const app = await startApp()
    for (const more of [[], upgrade])
      for (const path of ['/', '/healthz', '/api', poll, plainSocket]) {
        expect((await sendRaw(app, `GET ${path}`, ...more)).status).toBe(400)
        expect((await get(app, path, 'a', 'Host: a', ...more)).status).toBe(400)
        expect((await get(app, path, 'a', 'hOST: b', ...more)).status).toBe(400)
      }
    for (const target of ['http://a b/', 'http://a@b/', 'http://a:99999/', 'ftp://a/', 'x://a/api'])
      expect([target, (await get(app, target, 'a')).status]).toEqual([target, 400])
    const behind = await startApp({ settings: { TRUST_PROXY: '1' } })
    expect((await get(behind, '/feed.xml', 'a', 'X-Forwarded-Host: a b')).status).toBe(400)
  })
})
