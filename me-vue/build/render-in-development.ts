import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageData } from 'me-api/contract'
import type { Plugin } from 'vite'
import type { renderPage } from '../src/entry-server.ts'
import type { Language } from '../src/i18n.ts'

/** What a page was made of, as it stands in the API's documents. */
const dataScript = /<script type="application\/json" id="page-data">(.*?)<\/script>/

type ServerEntry = { renderPage: typeof renderPage }

/**
 * Renders pages on the server while one develops, too, from the sources as they are: what the API puts into its own
 * document of the same address, which comes from the last build, goes into this one.
 */
export function renderInDevelopment(api: string): Plugin {
  return {
    name: 'render-in-development',
    apply: 'serve',
    configureServer: (server) => () => {
      server.middlewares.use(async (req, res, next) => {
        const address = req.originalUrl ?? '/'
        try {
          const { cookie = '', 'accept-language': languages = '' } = req.headers
          const headers = { cookie, 'accept-language': languages }
          const answer = await fetch(api + address, { headers }).catch(() => undefined)
          const [script, json] = dataScript.exec((await answer?.text()) ?? '') ?? []
          // The API does not answer, or only the browser makes this page.
          if (!answer || !script || !json) return next()
          const language = answer.headers.get('content-language') as Language
          const { renderPage } = (await server.ssrLoadModule('/src/entry-server.ts')) as ServerEntry
          const { html } = await renderPage(address, language, () =>
            Promise.resolve(JSON.parse(json) as PageData),
          )
          const template = readFileSync(join(server.config.root, 'index.html'), 'utf8')
          const page = (await server.transformIndexHtml(address, template))
            .replace('<html lang="en">', `<html lang="${language}">`)
            .replace('<div id="app"></div>', () => `<div id="app">${html}</div>${script}`)
          res.statusCode = answer.status
          res.setHeader('Set-Cookie', answer.headers.getSetCookie())
          res.setHeader('Content-Type', 'text/html; charset=utf-8').end(page)
        } catch (error) {
          next(error)
        }
      })
    },
  }
}
