import { Router } from 'express'
import { Feed } from 'feed'
import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'
import { excerpt } from './markdown.ts'
import type { SiteHost } from './site-host.ts'
import { escapeXml } from './xml.ts'

type Parts = { presentation: PresentationPages; reports: Reports; originOf: SiteHost['originOf'] }

/** What machines read: the feed, the site map and the rules for robots. */
export function machinePages({ presentation, reports, originOf }: Parts): Router {
  const router = Router()

  router.get('/feed.xml', async (req, res) => {
    const origin = originOf(req)
    const { name, headline, updatedAt } = await presentation.read()
    const all = await reports.all()
    const updated = all.reduce(
      (latest, report) => (report.updatedAt > latest ? report.updatedAt : latest),
      updatedAt,
    )
    const feed = new Feed({
      id: `${origin}/`,
      link: `${origin}/`,
      title: name,
      description: headline,
      author: { name },
      updated: new Date(updated),
      feedLinks: { atom: `${origin}/feed.xml` },
      copyright: '',
    })
    for (const report of all.toReversed()) {
      const link = `${origin}/reports/week/${report.week}`
      feed.addItem({
        id: link,
        link,
        // Atom's titles and summaries are HTML here.
        title: escapeXml(report.title),
        description: escapeXml(excerpt(report.html)),
        content: report.html,
        date: new Date(report.updatedAt),
        published: new Date(report.createdAt),
      })
    }
    res.type('application/atom+xml').send(feed.atom1())
  })

  router.get('/sitemap.xml', async (req, res) => {
    const origin = originOf(req)
    const pages = [
      { path: '/', updatedAt: (await presentation.read()).updatedAt },
      { path: '/reports' },
      ...(await reports.list()).map(({ week, updatedAt }) => ({ path: `/reports/week/${week}`, updatedAt })),
      { path: '/chat' },
      { path: '/privacy' },
    ]
    const urls = pages.map(({ path, updatedAt }: { path: string; updatedAt?: string }) => {
      const changed = updatedAt ? `<lastmod>${updatedAt}</lastmod>` : ''
      return `  <url><loc>${escapeXml(origin + path)}</loc>${changed}</url>\n`
    })
    res
      .type('application/xml')
      .send(
        `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('')}</urlset>\n`,
      )
  })

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
