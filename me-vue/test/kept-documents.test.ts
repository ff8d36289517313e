import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { keepDocument, keptDocument, keptPath, withPageData } from '../src/worker/kept-documents.ts'

const DATE = 'Sat, 28 Nov 2026 14:05:00 GMT'
const document = (data: string, more = '') =>
  `<!doctype html>\n<html lang="sv">\n<body><div id="app">${more}</div>
  <script type="application/json" id="page-data">${data}</script></body></html>`
const answer = (body: string, init: ResponseInit = {}) =>
  new Response(body, { headers: { date: DATE, 'content-encoding': 'br', vary: 'Cookie' }, ...init })

/** What a browser keeps for one site. */
let kept: Map<string, Response>
let isFull = false
beforeEach(() => {
  kept = new Map()
  isFull = false
  const cache = {
    match: async (path: string) => kept.get(path)?.clone(),
    delete: async (path: string) => kept.delete(path),
    put: async (path: string, response: Response) => {
      if (isFull) throw new DOMException('no room', 'QuotaExceededError')
      kept.set(path, response)
    },
  }
  Object.assign(globalThis, { caches: { open: async () => cache } })
})
afterEach(() => void Reflect.deleteProperty(globalThis, 'caches'))

describe('which pages are kept', () => {
  test.each(['/', '/reports', '/reports/week/1', '/reports/week/99', '/privacy'])('%s', (path) =>
    expect(keptPath(path)).toBe(path),
  )
  test.each([
    ['/reports/', '/reports'],
    ['/Reports/Week/7/', '/reports/week/7'],
  ])('%s as %s', (path, asKept) => expect(keptPath(path)).toBe(asKept))
  test.each([
    '/chat',
    '/chat/lobby/3',
    '/account',
    '/edit',
    '/reports/new',
    '/reports/week/1/edit',
    '/reports/week/0',
    '/reports/week/100',
    '/reports/week/constructor',
    '/api',
    '/api/reports',
    '/index.html',
    '//reports',
  ])('not %s', (path) => expect(keptPath(path)).toBeUndefined())
})

test('a document is kept with the time of the server, and without the encoding that it came in', async () => {
  expect(await keepDocument('/reports', answer(document('{"a":1}')))).toBe('{"a":1}')
  const page = (await keptDocument('/reports'))!
  expect(page).toMatchObject({ asOf: '2026-11-28T14:05:00.000Z', data: '{"a":1}' })
  expect(page.html).toContain('<html data-as-of="2026-11-28T14:05:00.000Z" lang="sv">')
  expect(page.response.headers.get('content-encoding')).toBeNull()
  expect(page.response.headers.get('vary')).toBe('Cookie')
})

test('what a page says of another time is not taken for its own', async () => {
  const said = '<html data-as-of="1999-01-01T00:00:00.000Z" x>'
  await keepDocument(
    '/',
    answer(document(`{"text":"${said.replaceAll('"', '\\"').replace('<', '\\u003c')}"}`)),
  )
  expect((await keptDocument('/'))?.asOf).toBe('2026-11-28T14:05:00.000Z')
})

test.each([404, 410])('a page that answers %d is kept no longer', async (status) => {
  await keepDocument('/reports/week/3', answer(document('{"report":{}}')))
  expect(await keepDocument('/reports/week/3', answer(document('{"report":null}'), { status }))).toBe(
    '{"report":null}',
  )
  expect(await keptDocument('/reports/week/3')).toBeUndefined()
})

test.each([429, 500, 502, 503, 504])('an answer of %d changes nothing', async (status) => {
  await keepDocument('/', answer(document('{"a":1}')))
  expect(await keepDocument('/', answer(document('{"a":2}'), { status }))).toBeUndefined()
  expect((await keptDocument('/'))?.data).toBe('{"a":1}')
})

test('an answer that is no page of this site is not kept', async () => {
  expect(
    await keepDocument('/', answer('<!doctype html><html lang="en">Sign in to the hotel')),
  ).toBeUndefined()
  expect(await keptDocument('/')).toBeUndefined()
})

test.each([404, 410])('an answer of %d that is no page of this site changes nothing', async (status) => {
  await keepDocument('/', answer(document('{"a":1}')))
  expect(await keepDocument('/', answer('404 page not found', { status }))).toBeUndefined()
  expect((await keptDocument('/'))?.data).toBe('{"a":1}')
})

test('on a full disk the page is still read, and the one kept before stays', async () => {
  await keepDocument('/', answer(document('{"a":1}')))
  isFull = true
  expect(await keepDocument('/', answer(document('{"a":2}')))).toBe('{"a":2}')
  expect((await keptDocument('/'))?.data).toBe('{"a":1}')
})

test('the document without a page takes what a kept page was made of', async () => {
  await keepDocument('/', answer(document('{"price":"$& $1"}', 'of another version')))
  const shell = new Response('<!doctype html>\n<html lang="en"><body><div id="app"></div></body></html>', {
    headers: { 'content-security-policy': "default-src 'none'" },
  })
  const made = await withPageData(shell, (await keptDocument('/'))!)
  const html = await made.text()
  expect(html).toContain('<html data-as-of="2026-11-28T14:05:00.000Z" lang="en">')
  expect(html).toContain('<div id="app"></div>')
  expect(html).toContain('<script type="application/json" id="page-data">{"price":"$& $1"}</script>')
  expect(made.headers.get('content-security-policy')).toBe("default-src 'none'")
})
