import { Router } from 'express'
import type { PresentationPages } from '../presentation/presentation.ts'

/** `--paper` of the site's light theme; the document's own tags colour the dark theme. */
const PAPER = '#fdfaf4'

/**
 * Serves the Web Application Manifest (W3C), with which a phone or desktop installs the site under its owner's name.
 */
export function webManifest(presentation: PresentationPages): Router {
  const router = Router()
  router.get('/site.webmanifest', async (_req, res) => {
    const { name, headline } = await presentation.read()
    res.set('Cache-Control', 'no-cache').type('application/manifest+json')
    res.send(JSON.stringify({ name, short_name: name, description: headline, ...appearance }))
  })
  return router
}

const appearance = {
  id: '/',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: PAPER,
  background_color: PAPER,
  icons: [
    { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icons/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  shortcuts: [
    { name: 'Chat', url: '/chat', icons: [{ src: '/icons/192.png', sizes: '192x192' }] },
    { name: 'Reports', url: '/reports', icons: [{ src: '/icons/192.png', sizes: '192x192' }] },
  ],
}
