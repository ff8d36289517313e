import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Response, Router, static as serveStatic } from 'express'
import type { EventsDescription } from './asyncapi.ts'
import { eventsPage, eventsStyle } from './events-page.ts'
import type { Charge } from './request-limit.ts'
import { refuseMethod } from './route.ts'

/** The package's folder; an import would load the whole page into the server. */
const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))

const serveFiles = serveStatic(swaggerUi, { index: false, maxAge: '1h' })

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>API</title>
  <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  <script src="/api/docs/theme.js"></script>
</head>
<body>
  <p class="swagger-ui wrapper"><a class="link" href="/api/docs/events">Events of the sockets (Socket.IO and plain WebSocket)</a></p>
  <div id="swagger-ui"></div>
  <script src="/api/docs/swagger-ui-bundle.js"></script>
  <script src="/api/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true })\n`

/** As the site: what was chosen there, else the system's. Swagger UI is dark by a class. */
const theme = `const system = matchMedia('(prefers-color-scheme: dark)')
function show() {
  let chosen = null
  try { chosen = localStorage.getItem('me.theme') } catch {}
  document.documentElement.classList.toggle('dark-mode', chosen ? chosen === 'dark' : system.matches)
}
show()
system.addEventListener('change', show)
`

/** The cost of a large file that is compressed for each reader, in addition to the request itself. */
const COMPRESSED = 9

type Parts = {
  /** Builds the description of the routes (OpenAPI). */
  describeRoutes: () => object
  describeEvents: () => EventsDescription
  charge: Charge
}

/**
 * Serves `/openapi.json` and `/asyncapi.json`, and `/docs` and `/docs/events` to read them in a browser. Each is built
 * when it is first asked for: together they take fifty milliseconds.
 */
export function apiDocs({ describeRoutes, describeEvents, charge }: Parts): Router {
  const router = Router()
  function serve(path: string, type: string, describe: () => string): void {
    let body: string | undefined
    router.get(path, charge(COMPRESSED), (_req, res) => void res.type(type).send((body ??= describe())))
  }
  serve('/openapi.json', 'json', () => JSON.stringify(describeRoutes()))
  serve('/asyncapi.json', 'json', () => JSON.stringify(describeEvents()))
  serve('/docs/events', 'html', () => eventsPage(describeEvents()))
  router.get('/docs/events.css', (_req, res) => void res.type('css').send(eventsStyle))
  router.get('/docs', (_req, res) => {
    allowUnsafeHtml(res)
    res.type('html').send(page)
  })
  router.get('/docs/start.js', (_req, res) => void res.type('js').send(start))
  router.get('/docs/theme.js', (_req, res) => void res.type('js').send(theme))
  router.all(['/openapi.json', '/asyncapi.json', '/docs', '/docs/events'], refuseMethod(['GET']))
  // Only the files that the page loads: the package's own example page would call another host.
  router.get(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'], charge(COMPRESSED), (req, res, next) => {
    req.url = req.path.slice('/docs'.length)
    serveFiles(req, res, next)
  })
  return router
}

/**
 * Allows Swagger UI to create HTML from strings. It sanitises them itself, and shows only this server's own
 * description.
 */
function allowUnsafeHtml(res: Response): void {
  const policy = String(res.get('Content-Security-Policy'))
  res.set(
    'Content-Security-Policy',
    policy.replaceAll(/;(require-trusted-types-for|trusted-types) [^;]*/g, ''),
  )
}
