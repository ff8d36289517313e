import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { systemClock } from '../src/clock.ts'
import { createDocuments } from '../src/site/documents.ts'
import { createPageCache } from '../src/site/page-cache.ts'
import { loadSiteRenderer } from '../src/site/site-renderer.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { siteWithReport, week4 } from './support/site-with-report.ts'
import { startApp } from './support/start-app.ts'

const page = {
  ...{ name: 'Ada', headline: 'Engines.', text: '', html: '', links: [], language: 'en', version: 1 },
  updatedAt: '2026-11-01T00:00:00.000Z',
}

describe('cache of generated pages', () => {
  const MADE_OF_PAGES = ['/feed.xml', '/sitemap.xml', '/', '/reports/week/4', '/nobody/lives/here']

  test.each(MADE_OF_PAGES)('%s is generated once for all readers and hosts', async (path) => {
    const app = await siteWithReport()
    await api(app).get(path)
    const readings = jest.spyOn(app.db, 'selectFrom')
    for (const host of ['one.example', 'two.example:8080', 'xn--bcher-kva.example']) {
      const { text } = await api(app).get(path).set({ host })
      expect(text).toContain(`http://${host}/`)
      expect(text).not.toContain(new URL(app.url).host)
    }
    expect(readings).not.toHaveBeenCalled()
  })

  test.each([
    ['/reports', '/reports/', '/Reports', '/reports?a=1'],
    ['/reports/week/4', '/reports/week/4/', '/REPORTS/week/4', '/reports/week/%34', '/reports/week/4?x'],
    ['/privacy', '/Privacy/'],
    ['/transports', '/Transports/', '/transports?a=1'],
    ['/reports/week/04', '/reports/week/04/'],
  ])('the document of %s is made once, however its address is written', async (...paths) => {
    const { folder } = await startApp()
    const directory = join(folder, 'site')
    const render = await loadSiteRenderer(directory)
    const made: string[] = []
    const documents = createDocuments({
      directory,
      renderPage: (address, ...others) => {
        made.push(address)
        return render(address, ...others)
      },
      readPageData: async () => ({ presentation: page }),
      cache: createPageCache(systemClock),
      clock: systemClock,
      originOf: () => 'http://site.example',
      isSecure: () => false,
      writerOf: async () => null,
      networkOf: () => null,
    })
    const site = express().use(documents.handler)
    for (const path of paths) await request(site).get(path)
    expect(made).toEqual([paths[0]])
  })

  test.each(['/feed.xml', '/sitemap.xml'])(
    '%s answers 304 to a reader who has the current version',
    async (path) => {
      const app = await siteWithReport()
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
    const app = await siteWithReport(clock)
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
    const app = await siteWithReport()
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

  test('an answer of 304 says for whom the stored one is, as that does', async () => {
    const app = await siteWithReport()
    const visitor = await api(app).post('/api/chat/visitors').send({ nick: 'Ada' }).expect(201)
    const cookie = `me_visitor=${(visitor.body as { data: { token: string } }).data.token}`
    for (const [path, who] of [
      ['/', ''],
      ['/chat', ''],
      ['/chat', cookie],
      ['/feed.xml', ''],
      ['/sitemap.xml', ''],
    ] as const) {
      const ask = (etag = '"none"') =>
        api(app).get(path).set({ cookie: who, 'if-none-match': etag, 'accept-encoding': 'br' })
      const { headers: first } = await ask().expect(200)
      const { headers: again } = await ask(first['etag']).expect(304)
      expect(first['vary']).toContain('Accept-Encoding')
      for (const name of ['vary', 'etag', 'cache-control', 'content-language'])
        expect([path, name, again[name]]).toEqual([path, name, first[name]])
    }
  })

  test("Node's fetch, which adds such a header by itself, gets 304", async () => {
    const app = await siteWithReport()
    for (const path of ['/api', '/', '/feed.xml', '/assets/index-abc123.js']) {
      const etag = (await fetch(app.url + path)).headers.get('etag') ?? 'none'
      const again = await fetch(app.url + path, { headers: { 'if-none-match': etag } })
      expect({ path, status: again.status }).toEqual({ path, status: 304 })
    }
  })
})
