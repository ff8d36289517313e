import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Response, Router, static as serveStatic } from 'express'
import { refuseMethod } from './route.ts'

/** Where the package is; importing it would load the whole page into the server. */
const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))

const serveFiles = serveStatic(swaggerUi, { index: false, maxAge: '1h' })

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>API</title>
  <link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/api/docs/swagger-ui-bundle.js"></script>
  <script src="/api/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true })\n`

/** `/openapi.json`, and `/docs` to read it and try it in a browser. */
export function apiDocs(description: object): Router {
  const router = Router()
  router.get('/openapi.json', (_req, res) => {
    res.json(description)
  })
  router.get('/docs', (_req, res) => {
    trustItsReader(res)
    res.type('html').send(page)
  })
  router.get('/docs/start.js', (_req, res) => {
    res.type('js').send(start)
  })
  router.all(['/openapi.json', '/docs'], refuseMethod(['GET']))
  // Of the package only what the page loads: its own example page would ask another host.
  router.get(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'], (req, res, next) => {
    req.url = req.path.slice('/docs'.length)
    serveFiles(req, res, next)
  })
  return router
}

/**
 * Swagger UI makes HTML of strings in its own ways, with a sanitiser of its own, and all that it is given to show is
 * this server's description of itself.
 */
function trustItsReader(res: Response): void {
  const policy = String(res.get('Content-Security-Policy'))
  res.set(
    'Content-Security-Policy',
    policy.replaceAll(/;(require-trusted-types-for|trusted-types) [^;]*/g, ''),
  )
}
