import type { PresentationPages } from '../presentation/presentation.ts'
import type { Reports } from '../reports/reports.ts'
import type { PageCache } from './page-cache.ts'
import { isolated } from '../contract/direction.ts'
import { excerpt } from '../markdown.ts'
import { escapeXml } from '../xml.ts'

/** `isPlace` means that the address exists and belongs in search engines. */
type Page = { title: string; description: string; type?: 'profile' | 'article'; isPlace?: boolean }

type Parts = { presentation: PresentationPages; reports: Reports; cache: PageCache }

/** Builds the title, description and social tags of an address, for search engines and shared links. */
export function createPageMeta({ presentation, reports, cache }: Parts) {
  const readHome = async () => {
    const { name, headline, text } = await presentation.read()
    return { name, headline, description: excerpt(text) }
  }
  const readReports = async () =>
    new Map(
      (await reports.all()).map(({ week, title, text }) => [week, { title, description: excerpt(text) }]),
    )

  async function describe(path: string): Promise<Page & { site: string }> {
    const { name, headline, description } = await cache.get('home', readHome)
    const page = pages.find(({ pattern }) => pattern.test(path))
    if (page) return { site: name, ...page.describe(isolated(name)) }
    const week = /^\/reports\/week\/([1-9]\d?)$/.exec(path)?.[1]
    const report = week && (await cache.get('reports', readReports)).get(Number(week))
    if (report) {
      return {
        site: name,
        title: `${isolated(report.title)} – ${isolated(name)}`,
        description: report.description,
        type: 'article',
      }
    }
    const home = {
      site: name,
      title: `${isolated(name)} – ${isolated(headline)}`,
      description,
      type: 'profile' as const,
    }
    return path === '/' ? home : { site: name, title: name, description: headline, isPlace: false }
  }

  return {
    async of(path: string, origin: string): Promise<string> {
      const { site, title, description, type = 'website', isPlace = true } = await describe(path)
      return [
        `<title>${escapeXml(title)}</title>`,
        meta('name', 'description', description),
        meta('property', 'og:site_name', site),
        meta('property', 'og:title', title),
        meta('property', 'og:description', description),
        meta('property', 'og:type', type),
        meta('property', 'og:url', origin + path),
        ...picture(origin),
        isPlace
          ? `<link rel="canonical" href="${escapeXml(origin + path)}">`
          : meta('name', 'robots', 'noindex'),
      ].join('\n    ')
    },
  }
}

export type PageMeta = ReturnType<typeof createPageMeta>

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

const pages: { pattern: RegExp; describe: (name: string) => Page }[] = [
  {
    pattern: /^\/chat(\/|$)/,
    describe: (name) => ({
      title: `Chat – ${name}`,
      description: `Talk with ${name} and everybody who is here now.`,
    }),
  },
  {
    pattern: /^\/reports$/,
    describe: (name) => ({ title: `Reports – ${name}`, description: `What ${name} learned, week by week.` }),
  },
  {
    pattern: /^\/privacy$/,
    describe: (name) => ({
      title: `Privacy – ${name}`,
      description: `What the site of ${name} keeps of those who come by, for how long, and how to take it back.`,
    }),
  },
  {
    pattern: /^\/account$/,
    describe: (name) => ({
      title: `Your account – ${name}`,
      description: `Where you are signed in on the site of ${name}.`,
      isPlace: false,
    }),
  },
  {
    pattern: /^\/moderation$/,
    describe: (name) => ({
      title: `Moderation – ${name}`,
      description: `Where the owner keeps the chat of ${name} pleasant.`,
      isPlace: false,
    }),
  },
  {
    pattern: /^\/members$/,
    describe: (name) => ({
      title: `Members – ${name}`,
      description: `Who has an account on the site of ${name}.`,
      isPlace: false,
    }),
  },
  {
    pattern: /^\/reset-password$/,
    describe: (name) => ({
      title: `Set a new password – ${name}`,
      description: `Set a new password for the site of ${name}, with a link from the owner.`,
      isPlace: false,
    }),
  },
  {
    pattern: /^\/sign-in$/,
    describe: (name) => ({ title: `Sign in – ${name}`, description: `Sign in to the site of ${name}.` }),
  },
  {
    pattern: /^\/register$/,
    describe: (name) => ({
      title: `Make an account – ${name}`,
      description: `Keep your nick on the site of ${name}.`,
    }),
  },
]
