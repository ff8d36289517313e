import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Browser, browser } from './support/browser.ts'
import { textsOf } from './support/chat-form.ts'
import { refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

describe('what no form of the site sends', () => {
  let app: TestApp
  let ada: Browser
  beforeEach(async () => {
    app = await startApp()
    ada = browser(app)
  })
  afterEach(async () => expect(await textsOf(app)).toEqual([]))

  test.each([
    ['JSON', 'application/json', '{"nick":"Ada","text":"hi"}'],
    ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ['plain text', 'text/plain', 'nick=Ada&text=hi'],
    ['another encoding', 'application/x-www-form-urlencoded; charset=iso-8859-1', 'nick=Ada&text=hi'],
    ['a type that only begins so', 'application/x-www-form-urlencodedx', 'nick=Ada&text=hi'],
    ['an empty type', '', 'nick=Ada&text=hi'],
  ])('%s is no form', async (_, type, body) => {
    const answer = await ada.post('/chat/lobby', body, { 'content-type': type })
    expect(answer.status).toBe(415)
    expect(JSON.parse(answer.html)).toEqual(refusal(415, 'INVALID'))
  })

  test.each([
    ['text twice', 'nick=Ada&text=a&text=b', '/text'],
    ['nick twice', 'nick=Ada&nick=Bo&text=a', '/nick'],
    ['nonce twice', 'nick=Ada&text=a&nonce=1&nonce=2', '/nonce'],
    ['bytes that are no UTF-8', 'nick=Ada&text=%ff%fe', undefined],
    ['half of a surrogate pair', 'nick=Ada&text=%ed%a0%80', undefined],
    ['a broken escape', 'nick=Ada&text=%zz', undefined],
    ['raw bytes that are no UTF-8', Uint8Array.from([...Buffer.from('nick=Ada&text='), 0xe5]), undefined],
  ])('%s is refused', async (_, body, pointer) => {
    const answer = await ada.post('/chat/lobby', body)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.html)).toEqual(refusal(400, 'INVALID', pointer))
  })

  test.each([
    '',
    'text[]=a&nick=Ada',
    'text[a]=b&nick=Ada',
    '__proto__=x&constructor=y&nick=Ada',
    '&&=&=x',
    'text',
  ])('a form without a text, such as %j, is refused as one', async (body) => {
    expect(await ada.post('/chat/lobby', body)).toMatchObject({
      status: 400,
      alert: 'Write a message first.',
    })
  })

  test.each([65_537, 1_048_576])('%i bytes are too many', async (size) => {
    const answer = await ada.post('/chat/lobby', `nick=Ada&text=${'x'.repeat(size - 14)}`)
    expect(answer).toMatchObject({ status: 413, text: '' })
    expect(answer.alert).toMatch(/^Too long to send: a message can have 4,000 characters\./)
  })

  test.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['the origin null', { origin: 'null' }],
    ['a cross-site page', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain’s page', { 'sec-fetch-site': 'same-site' }],
    ['the origin null of the same site', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('a form on %s is refused', async (_, headers) => {
    const answer = await ada.post('/chat/lobby', { nick: 'Ada', text: 'hi' }, headers)
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.html)).toEqual(refusal(403, 'FORBIDDEN'))
    expect(answer.set).toEqual([])
  })
})

test('a form on the site’s own page is one that its headers tell', async () => {
  const app = await startApp()
  const headers = { origin: app.url, 'sec-fetch-site': 'same-origin' }
  const form = { nick: 'Ada', text: 'raw å' }
  expect((await browser(app, headers).post('/chat', form)).status).toBe(303)
  expect(await textsOf(app)).toEqual(['raw å'])
})

test('a form in raw UTF-8, as scripts send it, is one', async () => {
  const app = await startApp()
  const { status } = await browser(app).post('/chat', 'nick=Ada&text=hå 🙂', {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
  })
  expect(status).toBe(303)
  expect(await textsOf(app)).toEqual(['hå 🙂'])
})

test.each([
  ['/chat', 'GET, HEAD, POST'],
  ['/chat/lobby', 'GET, HEAD, POST'],
  ['/chat/lobby/1', 'GET, HEAD'],
  ['/', 'GET, HEAD'],
])('other methods on %s are told which there are', async (path, allow) => {
  const app = await startApp()
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const { status, headers } = await browser(app).send(path, { method })
    expect([status, headers.get('allow')]).toEqual([405, allow])
  }
  const { status, html } = await browser(app).send(path, { method: 'HEAD' })
  expect([status, html]).toEqual([path.endsWith('1') ? 404 : 200, ''])
})
