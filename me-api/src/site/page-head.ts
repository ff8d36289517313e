import { excerpt } from '../markdown.ts'
import { escapeXml } from '../xml.ts'
import { inertJson } from './inert-json.ts'
import type { RenderedPage } from '../contract/index.ts'

/** The routes whose pages belong in search engines. */
const places = [
  'home',
  'reports',
  'report',
  'privacy',
  'transports',
  'chat',
  'room',
  'message',
  'sign-in',
  'register',
]
const types: Record<string, string> = { home: 'profile', report: 'article' }

/** Whether there is something at the address. */
export const isFound = ({ name, data }: RenderedPage): boolean =>
  name !== 'nowhere' && data.report !== null && data.isThere !== false

/** Builds the title, description and social tags of an address, for search engines and shared links. */
export function headOf(page: RenderedPage, origin: string): string {
  const { name, data, title } = page
  // The number of a week may be written `01`.
  const url = origin + (data.report ? `/reports/week/${data.report.week}` : page.path)
  const description = descriptionOf(page)
  return [
    `<title>${escapeXml(title)}</title>`,
    meta('name', 'description', description),
    meta('property', 'og:site_name', data.presentation.name),
    meta('property', 'og:title', title),
    meta('property', 'og:description', description),
    meta('property', 'og:type', types[name] ?? 'website'),
    meta('property', 'og:url', url),
    ...picture(origin),
    ...structuredData(page, url, origin),
    isFound(page) && places.includes(name)
      ? `<link rel="canonical" href="${escapeXml(url)}">`
      : meta('name', 'robots', 'noindex'),
  ].join('\n    ')
}

/** The page in the words of schema.org (JSON-LD): the owner on home, a report as a post of theirs. */
function structuredData({ name, data }: RenderedPage, url: string, origin: string): string[] {
  const { presentation, report } = data
  const person = { '@type': 'Person', name: presentation.name, url: `${origin}/` }
  if (name === 'home') {
    // Pages about the same person, so no e-mail address.
    const sameAs = presentation.links.map(({ href }) => href).filter((href) => /^http/i.test(href))
    return [jsonLd({ ...person, description: presentation.headline, sameAs })]
  }
  if (!report) return []
  const post = {
    '@type': 'BlogPosting',
    headline: report.title,
    url,
    datePublished: report.createdAt,
    dateModified: report.updatedAt,
    inLanguage: presentation.language,
    author: person,
  }
  return [jsonLd(post)]
}

const jsonLd = (thing: object): string =>
  `<script type="application/ld+json">${inertJson({ '@context': 'https://schema.org', ...thing })}</script>`

/** What the page says of itself, else its owner's first words. */
function descriptionOf({ name, data, description }: RenderedPage): string {
  if (description) return description
  if (data.report) return excerpt(data.report.text)
  return name === 'home' ? excerpt(data.presentation.text) : data.presentation.headline
}

const meta = (key: 'name' | 'property', name: string, content: string): string =>
  `<meta ${key}="${name}" content="${escapeXml(content)}">`

/** The preview picture, one for the whole site; link previews crop to 1200 × 630. */
const picture = (origin: string): string[] => [
  meta('property', 'og:image', `${origin}/house.png`),
  meta('property', 'og:image:type', 'image/png'),
  meta('property', 'og:image:width', '1200'),
  meta('property', 'og:image:height', '630'),
  meta('property', 'og:image:alt', 'A small house with its lamp on: the door is open.'),
  meta('name', 'twitter:card', 'summary_large_image'),
]
