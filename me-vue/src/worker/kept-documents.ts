/**
 * The documents of pages that were read here, to be read again without a network. Both the service worker and the page
 * keep them; the pages that nobody has to sign in for are few, so none has to make room for another.
 */
const CACHE = 'me-pages'
/** The attribute in which a kept document says of when it is. */
const AS_OF = 'data-as-of'

const canBeKept = /^\/(reports(\/week\/[1-9]\d?)?|privacy)?$/

/** The path under which the document of an address is kept; undefined where none is. */
export function keptPath(pathname: string): string | undefined {
  const path = pathname.toLowerCase().replace(/(?<=.)\/$/, '')
  return canBeKept.test(path) ? path : undefined
}

/**
 * Keeps the document that the server has answered, or forgets the one kept where the page is gone. Resolves to what the
 * page was made of, as JSON; undefined where the answer is no page of this site, such as a proxy's, which knows nothing of
 * what is there.
 */
export async function keepDocument(path: string, answer: Response): Promise<string | undefined> {
  const { status, headers } = answer
  const isGone = status === 404 || status === 410
  if (status !== 200 && !isGone) return undefined
  const html = await answer.text()
  const data = pageDataIn(html)
  if (!data) return undefined
  try {
    const cache = await caches.open(CACHE)
    if (isGone) await cache.delete(path, { ignoreVary: true })
    else await cache.put(path, documentOf(withTime(html, timeOf(headers)), headers))
  } catch {
    // A full disk is no reason to withhold the page.
  }
  return data
}

type KeptDocument = {
  /** As it was kept, with its headers. */
  response: Response
  html: string
  /** When the server made it or said that it is still so, ISO 8601. */
  asOf: string
  /** What the page was made of, as JSON. */
  data: string
}

export async function keptDocument(path: string): Promise<KeptDocument | undefined> {
  const response = await (await caches.open(CACHE)).match(path, { ignoreVary: true })
  const html = await response?.clone().text()
  const data = html && pageDataIn(html)
  const asOf = html && new RegExp(`<html [^>]*${AS_OF}="([^"]+)"`).exec(html)?.[1]
  return response && html && data && asOf ? { response, html, data, asOf } : undefined
}

/** The document without a page, with what a page is made of: the script makes it. */
export async function withPageData(shell: Response, { data, asOf }: KeptDocument): Promise<Response> {
  const html = withTime(await shell.text(), asOf)
  const script = `<script type="application/json" id="page-data">${data}</script>\n  </body>`
  return documentOf(
    html.replace('</body>', () => script),
    shell.headers,
  )
}

/** In the JSON every `<` is escaped. */
const pageDataIn = (html: string) =>
  /<script type="application\/json" id="page-data">([^<]+)<\/script>/.exec(html)?.[1]

const withTime = (html: string, asOf: string) => html.replace('<html ', `<html ${AS_OF}="${asOf}" `)

function timeOf(headers: Headers): string {
  const made = Date.parse(headers.get('date') ?? '')
  return new Date(Number.isNaN(made) ? Date.now() : made).toISOString()
}

/** The text is neither compressed nor as long as it was when it came. */
function documentOf(html: string, original: Headers): Response {
  const headers = new Headers(original)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return new Response(html, { headers })
}
