import type { PageData } from 'me-api/contract'
import { givePage } from '../give-page.ts'
import { usePageData } from '../page-data.store.ts'
import { usePresence } from '../presence/presence.store.ts'
import { keepDocument, keptDocument, keptPath } from '../worker/kept-documents.ts'

/** A server that has said nothing for this long, in milliseconds, is taken for unreachable. */
const PATIENCE = 15_000

/** Shows the page that is open as it was kept; resolves to whether it was. */
export async function showKept(): Promise<boolean> {
  // There may be no connection at all: then nobody knows whether the lamp is on.
  void usePresence().refresh()
  const { pathname } = location
  const path = keptPath(pathname)
  // A browser may forbid it.
  const kept = path && (await keptDocument(path).catch(() => undefined))
  if (!kept || location.pathname !== pathname) return false
  givePage(JSON.parse(kept.data) as PageData)
  usePageData().keptAt = kept.asOf
  return true
}

/** Shows the page that is open as it is now, if the server answers. */
export async function refreshPage(): Promise<void> {
  const { pathname } = location
  const data = await keepPage(pathname)
  const page = usePageData()
  if (!data || !page.keptAt || location.pathname !== pathname) return
  givePage(data)
  page.keptAt = undefined
  await usePresence().refresh()
}

/**
 * Fetches the document at a path and keeps it. Resolves to what the page is made of; undefined where the server does not
 * answer, and for pages that are not kept.
 */
export async function keepPage(pathname: string): Promise<PageData | undefined> {
  const path = keptPath(pathname)
  if (!path) return undefined
  try {
    const answer = await fetch(path, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE) })
    const data = await keepDocument(path, answer)
    return data ? (JSON.parse(data) as PageData) : undefined
  } catch {
    return undefined
  }
}
