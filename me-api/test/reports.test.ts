import { describe, expect, test } from '@jest/globals'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

const report = { week: 4, title: 'Tests that take two seconds', text: 'One server *per file*.' }

describe('the owner’s reports', () => {
  test('the owner adds, changes and removes a report', async () => {
    const app = await startApp()
    const token = bearer(await ownerToken(app))

    const added = await api(app).post('/api/reports').set(token).send(report).expect(201)
    expect(added.headers['location']).toBe('/api/reports/week/4')
    expect(added.body.data).toEqual({
      ...report,
      html: '<p>One server <em>per file</em>.</p>',
      version: expect.any(Number),
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    })

    const changed = await api(app)
      .put('/api/reports/week/4')
      .set(token)
      .send({ title: 'Two', text: 'New' })
      .expect(200)
    expect(changed.body.data).toMatchObject({ week: 4, title: 'Two', html: '<p>New</p>' })
    const read = await api(app).get('/api/reports/week/4').expect(200)
    expect(read.body).toEqual(changed.body)

    await api(app).delete('/api/reports/week/4').set(token).expect(204, '')
    const gone = await api(app).get('/api/reports/week/4').expect(404)
    expect(gone.body).toEqual(refusal(404, 'NOT_FOUND'))
    await api(app).delete('/api/reports/week/4').set(token).expect(404)
    await api(app).put('/api/reports/week/4').set(token).send({ title: 'Two', text: 'New' }).expect(404)
  })

  test('the owner cannot add a week twice', async () => {
    const app = await startApp()
    const token = bearer(await ownerToken(app))
    await api(app).post('/api/reports').set(token).send(report).expect(201)
    const again = await api(app).post('/api/reports').set(token).send(report).expect(409)
    expect(again.body).toEqual(refusal(409, 'CONFLICT', '/week'))
  })
})

test('the list of reports is sorted by week and has no texts', async () => {
  const app = await startApp()
  const token = bearer(await ownerToken(app))
  for (const week of [10, 2])
    await api(app)
      .post('/api/reports')
      .set(token)
      .send({ ...report, week })
      .expect(201)
  const { body } = await api(app).get('/api/reports').expect(200)
  const times = { version: expect.any(Number), createdAt: expect.any(String), updatedAt: expect.any(String) }
  expect(body.data).toEqual([2, 10].map((week) => ({ week, title: report.title, ...times })))
})

describe('writing reports', () => {
  const writes = [
    ['post', '/api/reports'],
    ['put', '/api/reports/week/4'],
    ['delete', '/api/reports/week/4'],
  ] as const

  test.each(writes)('only the owner may %s %s', async (method, path) => {
    const app = await startApp()
    await api(app)
      .post('/api/reports')
      .set(bearer(await ownerToken(app)))
      .send(report)
      .expect(201)

    const anonymous = await api(app)[method](path).send(report).expect(401)
    expect(anonymous.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
    const forged = await api(app)[method](path).set(bearer('nonsense')).send(report).expect(401)
    expect(forged.body).toEqual(refusal(401, 'TOKEN_INVALID'))
    const member = await api(app)
      [method](path)
      .set(bearer(await memberToken(app)))
      .send(report)
      .expect(403)
    expect(member.body).toEqual(refusal(403, 'FORBIDDEN'))
    const visitor = await api(app).post('/api/chat/visitors').send({ nick: 'otter' }).expect(201)
    await api(app)[method](path).set('x-access-token', visitor.body.data.token).send(report).expect(403)

    const { body } = await api(app).get('/api/reports/week/4').expect(200)
    expect(body.data).toMatchObject(report)
  })
})

describe('invalid reports', () => {
  test.each([
    [{ ...report, week: 0 }, 'INVALID', '/week'],
    [{ ...report, week: 54 }, 'INVALID', '/week'],
    [{ ...report, week: '4' }, 'INVALID', '/week'],
    [{ ...report, week: 4.5 }, 'INVALID', '/week'],
    [{ week: 4, text: 'x' }, 'INVALID', '/title'],
    [{ ...report, title: ' ' }, 'INVALID', '/title'],
    [{ ...report, title: 'x'.repeat(121) }, 'TOO_LONG', '/title'],
    [{ ...report, text: 'x'.repeat(60_001) }, 'TOO_LONG', '/text'],
    [{ ...report, text: 7 }, 'INVALID', '/text'],
    [[], 'INVALID', undefined],
  ])('an invalid report is refused with a pointer to its field: %j', async (input, code, pointer) => {
    const app = await startApp()
    const answer = await api(app)
      .post('/api/reports')
      .set(bearer(await ownerToken(app)))
      .send(input)
      .expect(400)
    expect(answer.body).toEqual(refusal(400, code, pointer))
  })

  test('an invalid report is refused with all its errors at once', async () => {
    const app = await startApp()
    const answer = await api(app)
      .post('/api/reports')
      .set(bearer(await ownerToken(app)))
      .send({})
      .expect(400)
    const pointers = answer.body.errors.map((error: { source: { pointer: string } }) => error.source.pointer)
    expect(pointers.toSorted()).toEqual(['/text', '/title', '/week'])
  })
})

test.each(['0', '54', '1.5', 'abc', '-1', '1e1', '%00', '4%20'])(
  'the week %s is refused with 400',
  async (week) => {
    const app = await startApp()
    const { body } = await api(app).get(`/api/reports/week/${week}`).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/week'))
  },
)
