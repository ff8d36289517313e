import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop } from '../errors.ts'

/** The placeholder in `index.html` for each address's title, description and social tags. */
const headPlace = /<!--head-->[\s\S]*<!--\/head-->/
/** The placeholder for what stands below the page. */
const afterPlace = '<!--after-->'

export type Parts = {
  language: string
  head: string
  /** As HTML; none where only the browser makes the page. */
  page: string | undefined
  /** What stands below the page, as HTML. */
  after: string
}

/** Reads `index.html`, and the hashes of its inline scripts. */
export function readIndexHtml(directory: string) {
  let html: string
  try {
    html = readFileSync(join(directory, 'index.html'), 'utf8')
  } catch {
    throw new Stop('The site is not built. Run: npm run build')
  }
  const inlineScripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script)
  return {
    with({ language, head, page = '', after }: Parts): string {
      return html
        .replace('<html lang="en">', `<html lang="${language}">`)
        .replace(headPlace, () => head)
        .replace(afterPlace, () => after)
        .replace('<div id="app">', () => `<div id="app">${page}`)
    },
    scriptHashes: inlineScripts.map(
      (script) => `sha256-${createHash('sha256').update(script).digest('base64')}`,
    ),
  }
}
