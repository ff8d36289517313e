import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PageData, RenderedPage } from '../contract/index.ts'
import { Stop } from '../errors.ts'
import type { Language } from '../contract/index.ts'

export type RenderPage = (
  address: string,
  language: Language,
  read: (name: string, params: Record<string, string | string[] | undefined>) => Promise<PageData>,
) => Promise<RenderedPage>

/** Loads the function that renders pages, which the site's build makes of the site's own components. */
export async function loadSiteRenderer(directory: string): Promise<RenderPage> {
  const file = pathToFileURL(join(directory, '.server/entry-server.js')).href
  const module = await import(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') throw new Stop('The site is not built. Run: npm run build')
    throw error
  })
  return (module as { renderPage: RenderPage }).renderPage
}
