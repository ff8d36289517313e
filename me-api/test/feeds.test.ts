import { describe, expect, test } from '@jest/globals'
import { api, bearer, ownerToken } from './support/rest.ts'
import { manualClock } from './support/manual-clock.ts'
import { siteWithReport, week4 } from './support/site-with-report.ts'

describe('manifest, feed and site map', () => {
  test('the web manifest carries the owner’s name', async () => {
    const app = await siteWithReport()
    const { text, headers } = await api(app).get('/site.webmanifest').expect(200)
    expect(headers['content-type']).toMatch(/^application\/manifest\+json/)
    expect(headers['cache-control']).toBe('no-cache')
    expect(JSON.parse(text)).toMatchObject({ name: 'Ada "L"', start_url: '/', display: 'standalone' })
  })

  test('the feed has every report, the newest week first, safely escaped', async () => {
    const app = await siteWithReport()
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
    const app = await siteWithReport()
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
    const app = await siteWithReport()
    const { text } = await api(app).get('/sitemap.xml').expect(200)
    const lastAddresses = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place)
    expect(lastAddresses).toEqual(
      ['/', '/reports', '/reports/week/4', '/chat', '/privacy', '/transports'].map((path) => app.url + path),
    )
    const robots = await api(app).get('/robots.txt').expect(200)
    expect(robots.text).toContain(`Sitemap: ${app.url}/sitemap.xml`)
  })
  test('the site map dates what the owner writes by its last change, and nothing else', async () => {
    const clock = manualClock()
    const at = (minute: number) =>
      new Date(Date.parse('2026-03-03T08:00:00Z') + minute * 60_000).toISOString()
    const app = await siteWithReport(clock)
    const owner = bearer(await ownerToken(app))
    const dates = async () => {
      const { text } = await api(app).get('/sitemap.xml').expect(200)
      const urls = text.matchAll(/<loc>([^<]+)<\/loc>(?:<lastmod>([^<]*))?/g)
      return Object.fromEntries(Array.from(urls, ([, loc = '', date]) => [new URL(loc).pathname, date]))
    }
    clock.advance(60_000)
    await api(app)
      .post('/api/reports')
      .set(owner)
      .send({ ...week4, week: 5 })
      .expect(201)
    const undated = { '/chat': undefined, '/privacy': undefined, '/transports': undefined }
    expect(await dates()).toEqual({
      '/': at(1),
      '/reports': at(1),
      '/reports/week/4': at(0),
      '/reports/week/5': at(1),
      ...undated,
    })
    clock.advance(60_000)
    await api(app).put('/api/reports/week/4').set(owner).send({ title: 'Four', text: 'Words.' }).expect(200)
    expect(await dates()).toMatchObject({ '/': at(2), '/reports': at(2), '/reports/week/4': at(2) })
    for (const week of [4, 5]) await api(app).delete(`/api/reports/week/${week}`).set(owner).expect(204)
    expect(await dates()).toEqual({ '/': at(0), '/reports': undefined, ...undated })
    clock.advance(60_000)
    const page = { name: 'Ada', headline: 'Engines.', text: 'Hello.', links: [] }
    await api(app).put('/api').set(owner).send(page).expect(200)
    expect(await dates()).toEqual({ '/': at(3), '/reports': undefined, ...undated })
  })
})
