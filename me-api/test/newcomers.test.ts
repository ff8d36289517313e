import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'
import { type Visitor, connect, visitor } from './support/visitors.ts'

const settings = { LIMIT_NEWCOMER: '5m' }
const link = 'look at https://example.org'
const notYet = (retryAfter: number) => ({ ok: false, error: { code: 'LINKS_NOT_YET', retryAfter } })

const say = (one: Visitor, text: string, id = randomUUID()) =>
  one.emit('message:send', { room: 'lobby', id, text })

describe('a newcomer', () => {
  test('a newcomer may post links after five minutes, and learns the remaining time', async () => {
    const clock = manualClock()
    const ada = await visitor(await startApp({ settings, clock }), 'ada')
    expect(await say(ada, link)).toMatchObject(notYet(300))
    clock.advance(299_500)
    expect(await say(ada, link)).toMatchObject(notYet(1))
    clock.advance(500)
    expect(await say(ada, link)).toMatchObject({ ok: true })
  })

  test.each([
    [{}, (app: TestApp) => app.url],
    [{ SITE_URL: 'https://bücher.example' }, () => 'https://xn--bcher-kva.example'],
  ])('with %j a newcomer may post links to the site itself, and no others', async (more, origin) => {
    const app = await startApp({ settings: { ...settings, ...more } })
    const own = `${origin(app)}/reports/week/3`
    const headers = { host: new URL(own).host }
    const { body } = await api(app).post('/api/chat/visitors').set(headers).send({ nick: 'bot' }).expect(201)
    const { token } = (body as { data: { token: string } }).data
    const post = (text: string) =>
      api(app)
        .post('/api/chat/rooms/lobby/messages')
        .set({ ...bearer(token), ...headers })
        .send({ text })
    await post(`see ${own}`).expect(201)
    for (const text of [
      `${own} ${link}`,
      own.replace('//', '//example.org@'),
      own.replace(/\/reports.*/, '@a.b'),
    ])
      expect((await post(text).expect(403)).body).toEqual(refusal(403, 'LINKS_NOT_YET'))
  })

  test('a newcomer does not make a site of their own by the host they ask for', async () => {
    const app = await startApp({ settings })
    const headers = { host: 'evil.example' }
    const { body } = await api(app).post('/api/chat/visitors').set(headers).send({ nick: 'bot' }).expect(201)
    const { token } = (body as { data: { token: string } }).data
    const said = await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set({ ...bearer(token), ...headers })
      .send({ text: 'see http://evil.example/x' })
    expect(said.body).toEqual(refusal(403, 'LINKS_NOT_YET'))
  })

  test('a newcomer may send and edit links to the site itself over a socket', async () => {
    const app = await startApp({ settings })
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send(`see ${app.url}/chat`)
    expect(await ada.emit('message:edit', { id, text: `see ${app.url}/reports` })).toMatchObject({ ok: true })
    expect(await ada.emit('message:edit', { id, text: `${app.url} ${link}` })).toMatchObject({
      error: { code: 'LINKS_NOT_YET' },
    })
  })

  test('a newcomer cannot add a link by an edit', async () => {
    const ada = await visitor(await startApp({ settings }), 'ada')
    const { id } = await ada.send('hej')
    expect(await ada.emit('message:edit', { id, text: link })).toMatchObject({
      error: { code: 'LINKS_NOT_YET' },
    })
    expect(await ada.emit('message:edit', { id, text: 'hej!' })).toMatchObject({ ok: true })
  })

  test('a newcomer’s link is refused over REST too, with Retry-After', async () => {
    const app = await startApp({ settings })
    const { body } = await api(app).post('/api/chat/visitors').send({ nick: 'bot' }).expect(201)
    const { token } = (body as { data: { token: string } }).data
    const post = (text: string) =>
      api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send({ text })
    const refused = await post(link).expect(403)
    expect(refused.body).toEqual(refusal(403, 'LINKS_NOT_YET'))
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(290)
    await post('hej').expect(201)
  })

  test('a newcomer’s five minutes go on through a reconnect and a restart', async () => {
    const clock = manualClock()
    const folder = temporaryFolder()
    const first = await startApp({ settings, clock, folder })
    const { welcome } = await visitor(first, 'ada', 'this tab')
    const auth = { token: welcome.token ?? '' }
    clock.advance(60_000)
    expect(await say(await connect(first, { auth }), link)).toMatchObject(notYet(240))
    await first.close()
    clock.advance(30_000)
    const second = await startApp({ settings, clock, folder })
    const inTab = await visitor(second, 'ada', 'this tab')
    expect(inTab.welcome.self?.id).toBe(welcome.self?.id)
    expect(await say(inTab, link)).toMatchObject(notYet(210))
    expect(await say(await connect(second, { auth }), link)).toMatchObject(notYet(210))
    clock.advance(210_000)
    expect(await say(await connect(second, { auth }), link)).toMatchObject({ ok: true })
  })

  test('a new member is a newcomer too, and the owner never is', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const auth = { token: await memberToken(app) }
    expect(await say(owner, link)).toMatchObject({ ok: true })
    expect(await say(await connect(app, { auth }), link)).toMatchObject(notYet(300))
    clock.advance(300_000)
    const ada = await connect(app, { auth })
    expect(await say(ada, link)).toMatchObject({ ok: true })
    expect([owner, ada].map(({ welcome }) => welcome.limits.messages)).toEqual([
      null,
      { count: 10, seconds: 10 },
    ])
  })

  test('a newcomer may send five messages in ten seconds, as the welcome says', async () => {
    const app = await startApp({ settings })
    const ada = await visitor(app, 'ada')
    const reader = await connect(app)
    for (const { welcome } of [ada, reader])
      expect(welcome.limits.messages).toEqual({ count: 5, seconds: 10 })
    const answers = await Promise.all(['1', '2', '3', '4', '5', '6'].map((text) => say(ada, text)))
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true, true, false])
    expect(answers.at(-1)).toMatchObject({
      error: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) },
    })
  })

  test('the welcome tells a newcomer the general message limit when that is lower', async () => {
    const app = await startApp({ settings: { ...settings, LIMIT_MESSAGES: '2/10s' } })
    expect((await visitor(app, 'ada')).welcome.limits.messages).toEqual({ count: 2, seconds: 10 })
  })

  test('a newcomer who repeats a stored message id gets the stored message', async () => {
    const ada = await visitor(await startApp({ settings }), 'ada')
    const id = randomUUID()
    const stored = await ada.send({ id, text: 'hej' })
    expect(await say(ada, link, id)).toEqual({ ok: true, data: stored })
  })

  test('LIMIT_NEWCOMER=off lets a new visitor post links at once', async () => {
    const ada = await visitor(await startApp({ settings: { LIMIT_NEWCOMER: 'off' } }), 'ada')
    expect(await say(ada, link)).toMatchObject({ ok: true })
  })
})
