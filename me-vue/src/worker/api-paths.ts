/** Paths that only the server answers: the service worker neither stores nor invents an answer. */
const paths = [
  '/api',
  '/socket.io',
  '/feed.xml',
  '/robots.txt',
  '/sitemap.xml',
  '/site.webmanifest',
  '/metrics',
  '/healthz',
  '/readyz',
]

export const isApiPath = (pathname: string): boolean =>
  paths.some((path) => pathname === path || pathname.startsWith(`${path}/`))
