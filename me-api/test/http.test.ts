import { describe, expect, jest, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

describe('API error responses', () => {
  test('the API answers 404 NOT_FOUND for an unknown path', async () => {
    const app = await startApp()
    for (const path of ['/api/nothing', '/api/chat', '/api/reports/', '/api/reports/week/1/x']) {
      const { body } = await api(app)
        .get(path === '/api/reports/' ? '/api/reports/x' : path)
        .expect(404)
      expect(body).toEqual(refusal(404, 'NOT_FOUND'))
    }
  })

  test.each([
    ['delete', '/api', 'GET, HEAD, PUT'],
    ['post', '/api', 'GET, HEAD, PUT'],
    ['get', '/api/login', 'POST'],
    ['put', '/api/reports', 'GET, HEAD, POST'],
    ['post', '/api/reports/week/3', 'DELETE, GET, HEAD, PUT'],
    ['put', '/api/chat/rooms/lobby/messages', 'GET, HEAD, POST'],
    ['post', '/api/openapi.json', 'GET, HEAD'],
    ['delete', '/api/docs', 'GET, HEAD'],
    ['options', '/api/reports', 'GET, HEAD, POST'],
  ] as const)(
    'the API answers 405 METHOD_NOT_ALLOWED for a wrong method: %s %s',
    async (method, path, allow) => {
      const app = await startApp()
      const { body, headers } = await api(app)[method](path).expect(405)
      expect(body).toEqual(refusal(405, 'METHOD_NOT_ALLOWED'))
      expect(headers['allow']).toBe(allow)
    },
  )

  test.each(['{"email":', 'null null', '{"a":1,}', '\u0000'])(
    'the API answers 400 INVALID for malformed JSON: %j',
    async (text) => {
      const app = await startApp()
      const { body } = await api(app).post('/api/login').type('json').send(text).expect(400)
      expect(body).toEqual(refusal(400, 'INVALID'))
    },
  )

  test('the API answers 400 INVALID for a body that is not JSON', async () => {
    const app = await startApp()
    const { body } = await api(app).post('/api/login').type('form').send('email=a').expect(400)
    expect(body).toEqual(refusal(400, 'INVALID'))
    await api(app).post('/api/login').expect(400)
  })

  test('the API answers 413 TOO_LARGE for a body over 64 KiB', async () => {
    const app = await startApp()
    const { body } = await api(app)
      .post('/api/login')
      .send({ email: 'x'.repeat(65_536) })
      .expect(413)
    expect(body).toEqual(refusal(413, 'TOO_LARGE'))
  })

  test('the API answers 413 TOO_LARGE for a non-JSON body over 64 KiB', async () => {
    const app = await startApp()
    const { body } = await api(app).post('/api/login').type('text').send('x'.repeat(65_537)).expect(413)
    expect(body).toEqual(refusal(413, 'TOO_LARGE'))
  })

  test.each(['x'.repeat(500), '%00', 'a%2Fb'])(
    'the API answers 404 NOT_FOUND for an impossible message or session id: %s',
    async (id) => {
      const app = await startApp()
      const owner = bearer(await ownerToken(app))
      const answers = [
        await api(app).get(`/api/chat/messages/${id}`),
        await api(app).post(`/api/chat/messages/${id}/report`).set(owner),
        await api(app).delete(`/api/me/sessions/${id}`).set(owner),
      ]
      for (const { body } of answers) expect(body).toEqual(refusal(404, 'NOT_FOUND'))
    },
  )

  test('an id or name with a NUL is refused by every route that has one in its path', async () => {
    const app = await startApp()
    const owner = bearer(await ownerToken(app))
    const { body } = await api(app).get('/api/openapi.json').expect(200)
    const routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      path.includes('{')
        ? (Object.keys(methods) as ('get' | 'post' | 'put' | 'patch' | 'delete')[]).map((method) => ({
            path: path.replaceAll(/\{\w+\}/g, 'a%00'),
            method,
          }))
        : [],
    )
    expect(routes).toContainEqual({ method: 'delete', path: '/api/me/passkeys/a%00' })
    for (const { path, method } of routes) {
      const request = api(app)[method](path).set(owner)
      const { status } = await (method === 'get' || method === 'delete' ? request : request.send({}))
      expect({ method, path, isRefused: [400, 404].includes(status) }).toEqual({
        method,
        path,
        isRefused: true,
      })
    }
  })

  test('the API answers 400 INVALID for a path that cannot be decoded', async () => {
    const app = await startApp()
    const { body } = await api(app).get('/api/reports/week/%E0%A4%A').expect(400)
    expect(body).toEqual(refusal(400, 'INVALID'))
  })

  test('an internal error reveals no details to the client and is logged with its request id', async () => {
    const logLines: string[] = []
    const app = await startApp({ logLines })
    await app.db.schema.dropTable('reports').execute()
    const { body, headers } = await api(app).get('/api/reports?token=secret').expect(500)
    expect(body).toEqual(refusal(500, 'INTERNAL'))
    expect(JSON.stringify(body)).not.toMatch(/reports|table|sql/i)
    const log = logLines.join('')
    expect(log).toContain(headers['x-request-id'])
    expect(log).toMatch(/no such table|does not exist/)
    expect(log).not.toContain('secret')
  })

  test('__proto__ in a JSON body leaves Object.prototype unchanged', async () => {
    const app = await startApp()
    const text = '{"text":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
    await api(app)
      .post('/api/markdown')
      .set(bearer(await ownerToken(app)))
      .type('json')
      .send(text)
      .expect(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('CORS', () => {
  test('only origins listed in SITE_ORIGINS get CORS headers', async () => {
    const app = await startApp({ settings: { SITE_ORIGINS: 'https://friend.example' } })
    const friend = await api(app)
      .options('/api')
      .set({ origin: 'https://friend.example', 'access-control-request-method': 'PUT' })
    expect(friend.headers['access-control-allow-origin']).toBe('https://friend.example')
    expect(friend.headers['access-control-allow-credentials']).toBe('true')
    await api(app).options('/api/nothing').set({ origin: 'https://friend.example' }).expect(404)
    const stranger = await api(app).get('/api').set({ origin: 'https://evil.example' })
    expect(stranger.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('health checks', () => {
  test('/healthz answers 200 without the database, and /readyz answers 503', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    await api(app).get('/healthz').expect(200)
    await api(app).get('/readyz').expect(200)
    await app.db.destroy()
    await api(app).get('/healthz').expect(200)
    await api(app).get('/readyz').expect(200)
    clock.advance(1_000)
    const { body, headers } = await api(app).get('/readyz').expect(503)
    expect(body).toEqual(refusal(503, 'UNAVAILABLE'))
    expect(headers['retry-after']).toBeDefined()
  })

  test('/readyz asks the database once a second, however many requests come', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const queries = jest.spyOn(app.db.getExecutor(), 'executeQuery')
    // Other parts of the server ask the database too.
    const asked = () => queries.mock.calls.filter(([query]) => query.sql === 'select 1').length
    const crowd = () => Promise.all(Array.from({ length: 30 }, () => api(app).get('/readyz').expect(200)))
    await crowd()
    await crowd()
    expect(asked()).toBe(1)
    clock.advance(1_000)
    await crowd()
    expect(asked()).toBe(2)
  })
})

describe('the API description', () => {
  test('the OpenAPI document lists the routes, and /api/docs shows it without inline scripts or styles', async () => {
    const app = await startApp()
    const { body } = await api(app).get('/api/openapi.json').expect(200)
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api', '/api/reports/week/{week}', '/api/chat/rooms/{room}/messages']),
    )
    expect(body.paths['/api/reports'].post.responses['201']).toBeDefined()
    const described = body.tags.map(({ name }: { name: string }) => name)
    for (const [path, operations] of Object.entries<Record<string, { tags: string[] }>>(body.paths))
      for (const [method, { tags }] of Object.entries(operations))
        expect([method, path, described.includes(tags[0]), tags.length]).toEqual([method, path, true, 1])
    const docs = await api(app).get('/api/docs').expect(200)
    expect(docs.text).not.toMatch(/<script>|style=/)
    for (const [, path = ''] of docs.text.matchAll(/(?:src|href)="([^"]+)"/g))
      await api(app).get(path).expect(200)
  })
})
