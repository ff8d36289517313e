import { isApiPath } from './api-paths.ts'
import { keepDocument, keptDocument, keptPath, withPageData } from './kept-documents.ts'
import { pressPush, showPush, subscribeAnew } from './push.ts'

declare const self: ServiceWorkerGlobalScope
/** Of this build: the files kept for offline, and a name that changes with them. Written in by build/service-worker.ts. */
declare const __KEPT_FILES__: readonly string[]
declare const __BUILD__: string

/** The site's document without a page, for what was never read; the site makes the page and sets the title once it runs. */
const SHELL = '/index.html'
/** Kept from the start: where readers go from any page. */
const ALWAYS_KEPT = ['/', '/reports']
/** Milliseconds without an answer after which a page is opened from the stored files. */
const PATIENCE = 6_000
const PREFIX = 'me-site-'
const cacheName = PREFIX + __BUILD__

self.addEventListener('install', (event) => event.waitUntil(keepFiles()))
self.addEventListener('activate', (event) => event.waitUntil(takeOver()))
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== location.origin || isApiPath(pathname)) return
  if (mode === 'navigate') event.respondWith(page(event, keptPath(pathname)))
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(event.request))
})
// Only when the reader asks: until then every tab keeps the version it was opened with.
self.addEventListener('message', ({ data }) => {
  if (data === 'take over') void self.skipWaiting()
})

// Some browsers let only a service worker show the chat's notifications: a press brings the chat back.
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(pressPush(event) || bringBack())
})
self.addEventListener('push', (event) => event.waitUntil(showPush(event)))
self.addEventListener('pushsubscriptionchange', (event) =>
  (event as ExtendableEvent).waitUntil(subscribeAnew(event)),
)

async function bringBack(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' })
  const chat = pages.find(({ url }) => new URL(url).pathname.startsWith('/chat')) ?? pages[0]
  await (chat ? chat.focus() : self.clients.openWindow('/chat'))
}

async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName)
  const files = __KEPT_FILES__.map((path) => keepFile(cache, path))
  await Promise.all([...files, cache.add(new Request(SHELL, { cache: 'no-cache' }))])
  await Promise.all(ALWAYS_KEPT.map(keepPage))
}

/** Fails where the file does not come: the browser tries again later. */
async function keepFile(cache: Cache, path: string): Promise<void> {
  const answer = await fetch(path)
  if (!isFile(answer)) throw new TypeError(`${path} did not come`)
  await cache.put(path, answer)
}

/** A page in place of a file is a proxy's. Kept as the file, it would break the site for good. */
const isFile = ({ status, headers }: Response) =>
  status === 200 && !headers.get('content-type')?.startsWith('text/html')

async function keepPage(path: string): Promise<void> {
  try {
    await keepDocument(path, await fetch(path, { cache: 'no-cache' }))
  } catch {
    // It is kept once it is read.
  }
}

/** The version before stays too, for tabs that are still running it. */
async function takeOver(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== cacheName)
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)))
  await self.registration.navigationPreload?.enable()
  await self.clients.claim()
}

/** The server's own document; where the server does not answer the one that was kept at `path`, else the shell. */
async function page(event: FetchEvent, path: string | undefined): Promise<Response> {
  const answer = fromServer(event)
  // Also where it comes too late to be shown.
  if (path) event.waitUntil(answer.then((now) => keepDocument(path, now.clone())).catch(() => undefined))
  // Its failure is handled below, also if it comes after the time-out.
  answer.catch(() => undefined)
  const inTime = await Promise.race([answer, patience()]).catch(() => undefined)
  if (inTime && !isResting(inTime)) return inTime
  return (path && (await keptPage(path))) || ((await kept(SHELL)) ?? answer)
}

/** The document as it was kept, if the files of its version are still here; else this version makes the page anew. */
async function keptPage(path: string): Promise<Response | undefined> {
  const page = await keptDocument(path).catch(() => undefined)
  if (!page) return undefined
  const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(page.html) ?? []
  if (script && (await caches.match(script, { ignoreVary: true }))) return page.response
  const shell = await kept(SHELL)
  return shell && withPageData(shell, page)
}

const fromServer = async (event: FetchEvent): Promise<Response> =>
  ((await event.preloadResponse) as Response | undefined) ?? fetch(event.request)

const patience = () => new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE))

/**
 * A proxy answers, and the server behind it does not (502 to 504, at Cloudflare 520 to 530); or nobody does, which Firefox
 * gives as an answer too where it has asked before this worker ran.
 */
const isResting = ({ status, type }: Response) => type === 'error' || status >= 502

/** A hashed file never changes. */
async function asset(request: Request): Promise<Response> {
  const held = await caches.match(request, { ignoreVary: true })
  if (held) return held
  const answer = await fetch(request)
  if (isFile(answer)) {
    const copy = answer.clone()
    // A full disk is no reason to withhold the file.
    void caches.open(cacheName).then((cache) => cache.put(request, copy).catch(() => undefined))
  }
  return answer
}

const kept = async (path: string): Promise<Response | undefined> =>
  (await caches.open(cacheName)).match(path, { ignoreVary: true })
