import { expect, test } from '@jest/globals'
import { createKept } from '../src/http/kept.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

test('an answer is made once for all who ask, until its content changes', async () => {
  let revision = 'one'
  let made = 0
  const kept = createKept(async () => revision)
  const ask = () => kept('feed', async () => `${revision} ${++made}`)
  expect(await Promise.all([ask(), ask()])).toEqual(['one 1', 'one 1'])
  revision = 'two'
  expect(await ask()).toBe('two 2')
  expect(await ask()).toBe('two 2')
})

test('what could not be made is made by the next who asks', async () => {
  const kept = createKept(async () => 'one')
  await expect(kept('feed', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await kept('feed', async () => 'there')).toBe('there')
})

test('under however many names strangers ask, only some answers are kept', async () => {
  let made = 0
  const kept = createKept(async () => 'one')
  const ask = (name: string) => kept(name, async () => ++made)
  for (let n = 0; n < 1_000; n++) await ask(`host ${n}`)
  expect(await ask('host 999')).toBe(1_000)
  expect(await ask('host 0')).toBe(1_001)
})

test('the feed, the site map and a report’s head follow every edit, and are 304 until then', async () => {
  const app = await startApp()
  const owner = bearer(await ownerToken(app))
  const report = (title: string) => ({ title, text: `About ${title}.` })
  const of = async (path: string) => (await api(app).get(path).buffer().expect(200)).text
  await api(app)
    .post('/api/reports')
    .set(owner)
    .send({ week: 3, ...report('sockets') })
    .expect(201)
  expect(await of('/feed.xml')).toContain('sockets')
  expect(await of('/reports/week/3')).toContain('About sockets.')
  const { headers } = await api(app).get('/feed.xml').expect(200)
  await api(app).get('/feed.xml').set('if-none-match', headers['etag']!).expect(304)

  await api(app).put('/api/reports/week/3').set(owner).send(report('polling')).expect(200)
  expect(await of('/feed.xml')).toContain('polling')
  expect(await of('/reports/week/3')).toContain('About polling.')
  await api(app).get('/feed.xml').set('if-none-match', headers['etag']!).expect(200)

  await api(app).put('/api').set(owner).send({ name: 'Ada', headline: 'h', text: 't', links: [] }).expect(200)
  expect(await of('/feed.xml')).toContain('<title>Ada</title>')
  await api(app).delete('/api/reports/week/3').set(owner).expect(204)
  expect(await of('/feed.xml')).not.toContain('polling')
  expect(await of('/sitemap.xml')).not.toContain('week/3')
})
