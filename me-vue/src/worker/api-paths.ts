/** What the server alone answers, online or not at all: nothing of it is ever kept or made up in the browser. */
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
