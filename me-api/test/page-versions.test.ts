import { describe, expect, test } from '@jest/globals'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp, type TestApp } from './support/start-app.ts'

const report = { title: 'Tests that take two seconds', text: 'One server per file.' }
const presentation = { name: 'Ada', headline: 'Engines', text: 'Numbers.', links: [] }

const pages = [
  ['/api/reports/week/4', report],
  ['/api', presentation],
] as const

async function withPage() {
  const app = await startApp()
  const token = bearer(await ownerToken(app))
  await api(app)
    .post('/api/reports')
    .set(token)
    .send({ ...report, week: 4 })
    .expect(201)
  return { app, token }
}

async function read(app: TestApp, path: string) {
  const { body, headers } = await api(app).get(path).expect(200)
  return { ...(body.data as { version: number; text: string }), etag: headers['etag'] ?? '' }
}

describe.each(pages)('two who edit %s', (path, page) => {
  test('the second of two saves of one version is refused, and loses nothing of the first', async () => {
    const { app, token } = await withPage()
    const { version } = await read(app, path)
    const first = await api(app)
      .put(path)
      .set(token)
      .send({ ...page, text: 'First', version })
      .expect(200)
    const second = await api(app)
      .put(path)
      .set(token)
      .send({ ...page, text: 'Second', version })
      .expect(409)
    const current = first.body.data.version
    expect(current).toBeGreaterThan(version)
    expect(second.body.errors).toEqual([
      expect.objectContaining({ status: 409, code: 'CONFLICT', version: current }),
    ])
    expect(await read(app, path)).toMatchObject({ text: 'First', version: current })
    await api(app)
      .put(path)
      .set(token)
      .send({ ...page, text: 'Second', version: current })
      .expect(200)
  })

  test('of saves at the same moment one succeeds', async () => {
    const { app, token } = await withPage()
    const { version } = await read(app, path)
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((text) =>
        api(app)
          .put(path)
          .set(token)
          .send({ ...page, text, version }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
  })

  test('If-Match works with the ETag of the page, also where a proxy has made it weak', async () => {
    const { app, token } = await withPage()
    const { etag, version } = await read(app, path)
    expect(etag).toBe(`"${version}"`)
    const saved = await api(app).put(path).set(token).set('If-Match', etag).send(page).expect(200)
    const stale = await api(app).put(path).set(token).set('If-Match', etag).send(page).expect(412)
    expect(stale.body).toEqual({
      errors: [{ ...refusal(412, 'CONFLICT').errors[0], version: saved.body.data.version }],
    })
    const weak = `"1", W/${saved.headers['etag']}`
    await api(app).put(path).set(token).set('If-Match', weak).send(page).expect(200)
    await api(app).put(path).set(token).set('If-Match', '*').send(page).expect(200)
    await api(app).put(path).set(token).set('If-Match', 'nonsense').send(page).expect(412)
    const both = { ...page, version: version }
    await api(app)
      .put(path)
      .set(token)
      .set('If-Match', (await read(app, path)).etag)
      .send(both)
      .expect(412)
  })

  test('without a version a save replaces what is there', async () => {
    const { app, token } = await withPage()
    for (const text of ['One', 'Two'])
      await api(app)
        .put(path)
        .set(token)
        .send({ ...page, text })
        .expect(200)
    expect(await read(app, path)).toMatchObject({ text: 'Two' })
  })

  test('a page that has not changed is 304', async () => {
    const { app } = await withPage()
    const { etag } = await read(app, path)
    await api(app).get(path).set('If-None-Match', etag).expect(304)
  })

  test.each(['ж', '🦊', '\u0001', '"'])(
    '60,000 characters %j fit, however JSON writes them',
    async (letter) => {
      const { app, token } = await withPage()
      const text = letter.repeat(59_998)
      const json = JSON.stringify({ ...page, text: `a${text}b` })
      const escaped = json.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
      for (const body of [json, escaped])
        await api(app).put(path).set(token).set('Content-Type', 'application/json').send(body).expect(200)
      expect((await read(app, path)).text).toBe(`a${text}b`)
      const rendered = await api(app).post('/api/markdown').set(token).send({ text }).expect(200)
      expect(rendered.body.data.html).not.toBe('')
      const longer = await api(app)
        .put(path)
        .set(token)
        .send({ ...page, text: `a${text}bc` })
        .expect(400)
      expect(longer.body).toEqual(refusal(400, 'TOO_LONG', '/text'))
    },
  )
})

test('a new site refuses a presentation that is based on another version', async () => {
  const app = await startApp()
  const token = bearer(await ownerToken(app))
  const put = () => api(app).put('/api').set(token)
  const stale = await put().set('If-Match', '"7"').send(presentation).expect(412)
  await put()
    .send({ ...presentation, version: 7 })
    .expect(409)
  const { version, text } = await read(app, '/api')
  expect(stale.body.errors).toEqual([expect.objectContaining({ code: 'CONFLICT', version })])
  expect(text).not.toBe(presentation.text)
  await put()
    .send({ ...presentation, version })
    .expect(200)
})

test('a report that was changed meanwhile is not deleted', async () => {
  const { app, token } = await withPage()
  const path = '/api/reports/week/4'
  const { etag } = await read(app, path)
  await api(app).put(path).set(token).send(report).expect(200)
  await api(app).delete(path).set(token).set('If-Match', etag).expect(412)
  await api(app)
    .delete(path)
    .set(token)
    .set('If-Match', (await read(app, path)).etag)
    .expect(204)
})

test('a report made anew does not take a save that is based on the deleted one', async () => {
  const { app, token } = await withPage()
  const path = '/api/reports/week/4'
  const { version } = await read(app, path)
  await api(app).delete(path).set(token).expect(204)
  await api(app)
    .post('/api/reports')
    .set(token)
    .send({ ...report, week: 4 })
    .expect(201)
  await api(app)
    .put(path)
    .set(token)
    .send({ ...report, version })
    .expect(409)
})

test('only the owner may send a large body', async () => {
  const app = await startApp()
  const text = 'x'.repeat(100_000)
  await api(app).put('/api').send({ text }).expect(401)
  const { body } = await api(app).post('/api/register').send({ text }).expect(413)
  expect(body.errors[0].detail).toBe('The body is over 64 KiB.')
  const tooLarge = await api(app)
    .put('/api')
    .set(bearer(await ownerToken(app)))
    .send({ text: 'x'.repeat(800_000) })
    .expect(413)
  expect(tooLarge.body.errors[0].detail).toBe('The body is over 768 KiB.')
})

test('the API description names the version, If-Match and 412', async () => {
  const app = await startApp()
  const { body } = await api(app).get('/api/openapi.json').expect(200)
  const put = body.paths['/api/reports/week/{week}'].put
  expect(put.parameters).toContainEqual(expect.objectContaining({ in: 'header', name: 'If-Match' }))
  expect(put.responses).toHaveProperty('412')
  expect(body.components.schemas.Report.properties).toHaveProperty('version')
})

describe('pages whose HTML an older program made', () => {
  test.each(pages)(
    '%s is rendered anew at the start, with another ETag and the same version',
    async (path, page) => {
      const { app, token } = await withPage()
      await api(app).put(path).set(token).send(page).expect(200)
      const current = await api(app).get(path).expect(200)
      for (const table of ['reports', 'presentation'] as const)
        await app.db.updateTable(table).set({ html: '<p>old</p>' }).execute()
      const old = await read(app, path)
      expect(old).toMatchObject({ html: '<p>old</p>' })
      await app.close()

      const next = await startApp({ folder: app.folder })
      const anew = await api(next).get(path).set('If-None-Match', old.etag).expect(200)
      expect(anew.body).toEqual(current.body)
      expect(anew.headers['etag']).not.toBe(old.etag)
      await api(next).get(path).set('If-None-Match', anew.headers['etag']!).expect(304)

      // An editor that was opened before the restart still saves.
      const save = () => api(next).put(path).set(token)
      const saved = await save().set('If-Match', old.etag).send(page).expect(200)
      expect(saved.headers['etag']).toBe(`"${saved.body.data.version}"`)
      await save().set('If-Match', anew.headers['etag']!).send(page).expect(412)
      await next.close()

      const last = await startApp({ folder: app.folder })
      expect(await read(last, path)).toMatchObject({ etag: saved.headers['etag'] })
    },
  )

  test('a save may be based on any rendering of a version', async () => {
    const { app, token } = await withPage()
    const { version } = await read(app, '/api/reports/week/4')
    const put = () => api(app).put('/api/reports/week/4').set(token).send(report)
    await put()
      .set('If-Match', `"${version - 1}.3"`)
      .expect(412)
    await put().set('If-Match', `W/"${version}.3"`).expect(200)
  })
})
