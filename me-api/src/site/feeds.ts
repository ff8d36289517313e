import { createHash, randomUUID } from 'node:crypto'
import { type RequestHandler, Router } from 'express'
import { Feed } from 'feed'
import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'
import { type CompressedText, createCompressedText } from './compressed-text.ts'
import type { PageCache } from './page-cache.ts'
import { excerpt, toFeedContent } from '../markdown.ts'
import type { SiteHost } from '../http/site-host.ts'
import { escapeXml, onlyXmlCharacters } from '../xml.ts'

type Parts = {
  presentation: PresentationPages
  reports: Reports
  cache: PageCache
  originOf: SiteHost['originOf']
}

/** A cached text with `ORIGIN` in place of the site's origin, and the text's hash. */
type CachedText = {
  text: string
  hash: string
  /** As it was last sent. */
  sent?: { origin: string; send: CompressedText }
}

/** The placeholder of the origin in a cached text, so that requests under another host name share the cache. */
const ORIGIN = `http://${randomUUID()}.invalid`

/** Serves the documents for machines: the feed, the site map and robots.txt. */
export function feedRoutes({ presentation, reports, cache, originOf }: Parts): Router {
  const router = Router()

  /** Sends the cached text, or 304 to a client that has it. Clients revalidate each time, as feed readers do anyway. */
  const serve = (name: string, type: string, make: () => Promise<string>): RequestHandler =>
    async function serve(req, res) {
      const cached = await cache.get(name, async (): Promise<CachedText> => {
        const text = onlyXmlCharacters(await make())
        return { text, hash: hashOf(text.replaceAll(ORIGIN, '')) }
      })
      const origin = originOf(req)
      res.set({
        'Cache-Control': 'no-cache',
        ETag: `W/"${hashOf(`${cached.hash} ${origin}`)}"`,
        'Last-Modified': new Date(cache.changedAt()).toUTCString(),
      })
      if (cached.sent?.origin !== origin) {
        const text = cached.text.replaceAll(ORIGIN, () => escapeXml(origin))
        cached.sent = { origin, send: createCompressedText(text) }
      }
      await cached.sent.send(req, res.type(type))
    }

  router.get(
    '/feed.xml',
    serve('feed', 'application/atom+xml', () => makeFeed({ presentation, reports })),
  )
  router.get(
    '/sitemap.xml',
    serve('site map', 'application/xml', () => makeSiteMap({ presentation, reports })),
  )

  router.get('/robots.txt', (req, res) => {
    const rules = [
      'User-agent: *',
      'Disallow: /api/',
      'Disallow: /sign-in',
      'Disallow: /register',
      'Disallow: /account',
      'Disallow: /moderation',
    ]
    res.type('text/plain').send(`${rules.join('\n')}\n\nSitemap: ${originOf(req)}/sitemap.xml\n`)
  })

  return router
}

type Pages = Pick<Parts, 'presentation' | 'reports'>

async function makeFeed({ presentation, reports }: Pages): Promise<string> {
  const { name, headline, language, updatedAt } = await presentation.read()
  const all = await reports.all()
  const feed = new Feed({
    id: `${ORIGIN}/`,
    link: `${ORIGIN}/`,
    title: name,
    description: headline,
    author: { name },
    updated: new Date(newest([{ updatedAt }, ...all])),
    feedLinks: { atom: `${ORIGIN}/feed.xml` },
    copyright: '',
  })
  for (const report of all.toReversed()) {
    const link = `${ORIGIN}/reports/week/${report.week}`
    feed.addItem({
      id: link,
      link,
      // Atom's titles and summaries are HTML here.
      title: escapeXml(report.title),
      description: escapeXml(excerpt(report.text)),
      content: toFeedContent(report.html, link),
      date: new Date(report.updatedAt),
      published: new Date(report.createdAt),
    })
  }
  return feed.atom1().replace('<feed ', `<feed xml:lang="${language}" `)
}

/** Only what the owner wrote has a date: the chat's changes all the time, privacy depends on the settings in force, the lesson on the program. */
async function makeSiteMap({ presentation, reports }: Pages): Promise<string> {
  const list = await reports.list()
  const pages: { path: string; updatedAt?: string }[] = [
    // It shows the reports too.
    { path: '/', updatedAt: newest([await presentation.read(), ...list]) },
    { path: '/reports', updatedAt: newest(list) },
    ...list.map(({ week, updatedAt }) => ({ path: `/reports/week/${week}`, updatedAt })),
    { path: '/chat' },
    { path: '/privacy' },
    { path: '/transports' },
  ]
  const urls = pages.map(({ path, updatedAt }) => {
    const changed = updatedAt ? `<lastmod>${updatedAt}</lastmod>` : ''
    return `  <url><loc>${escapeXml(ORIGIN + path)}</loc>${changed}</url>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('')}</urlset>\n`
}

/** When the last of them changed; an empty text for none. ISO 8601 in UTC sorts as text. */
const newest = (pages: { updatedAt: string }[]): string =>
  pages.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), '')

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)
