import { describe, expect, test } from '@jest/globals'
import { conversation } from './support/conversations.ts'
import { moderate, tokenOf } from './support/moderation.ts'
import { type PushBrowser, startPushService } from './support/push-service.ts'
import { reachPrivate, startWithPush, subscribe } from './support/push.ts'
import { api, bearer, memberToken, ownerToken, refusal, signIn, ownerAccount } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

/** Resolves once the server has told of everything before: a test to the same browser comes after it. */
async function afterAll(app: TestApp, token: string, browser: PushBrowser) {
  const before = browser.pushes.length
  await api(app).post('/api/me/push/test').set(bearer(token)).expect(204)
  await eventually(() => {
    expect(
      browser
        .notifications()
        .slice(before)
        .map(({ tag }) => tag),
    ).toContain('#tests')
  }, 30_000)
}

async function me(app: TestApp, token: string): Promise<{ nick: string }> {
  const { body } = await api(app).get('/api/me').set(bearer(token)).expect(200)
  return (body as { data: { user: { nick: string } } }).data.user
}

const bodies = ({ notifications }: PushBrowser) => notifications().map(({ body }) => body)

describe('what the owner is told while away', () => {
  test('what visitors say among themselves reaches the owner, encrypted and signed', async () => {
    const { app, browser } = await startWithPush()
    const ada = await visitor(app, 'ada')
    const message = await ada.send('Is **somebody** here?')
    const push = await browser.told()
    expect(push).toMatchObject({
      urgency: 'normal',
      ttl: '86400',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    })
    expect(push.bytes).toBeLessThan(4_096)
    expect(push.payload).toEqual({
      web_push: 8030,
      notification: {
        title: 'ada in Lobby',
        body: 'Is somebody here?',
        lang: 'en',
        dir: 'auto',
        tag: 'lobby',
        navigate: `${app.url}/chat/lobby/${message.seq}`,
        timestamp: Date.parse(message.sentAt),
        renotify: true,
        data: expect.objectContaining({ room: 'lobby', id: message.id }),
      },
    })
  })

  test('the owner who is there is not told, and neither is anybody of their own words', async () => {
    const { app, browser, token } = await startWithPush()
    const owner = await connect(app, { auth: { token } })
    const ada = await visitor(app, 'ada')
    await ada.send('seen')
    await owner.send('seen too')
    await afterAll(app, token, browser)
    expect(bodies(browser)).toHaveLength(1)
  })

  test('while a member is there, the owner is told only of what concerns the owner', async () => {
    const { app, browser, token } = await startWithPush()
    const { nick } = await me(app, token)
    const eve = await visitor(app, 'eve')
    await connect(app, { auth: { token: await memberToken(app) } })
    await eve.send('hello Ada')
    await eve.send(`and @${nick}, too`)
    const { payload } = await browser.told()
    expect(payload.notification).toMatchObject({
      title: 'eve mentioned you in Lobby',
      body: `and @${nick}, too`,
    })
    await eve.send('and the rest')
    await afterAll(app, token, browser)
    expect(bodies(browser)).not.toContain('and the rest')
  })

  test('a reported message reaches the owner, unless the report is settled before', async () => {
    const { app, browser, token } = await startWithPush()
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    const message = await ada.send('rude')
    await browser.told()
    await api(app)
      .post(`/api/chat/messages/${message.id}/report`)
      .set(bearer(tokenOf(bo)))
      .expect(204)
    const { payload } = await browser.told(2)
    expect(payload.notification).toMatchObject({
      title: 'A message by ada was reported',
      body: 'rude',
      navigate: `${app.url}/moderation`,
      data: null,
    })
    expect(token).not.toBe('')
  })

  test('a message that is deleted before it is sent is not sent', async () => {
    const { app, browser, token } = await startWithPush()
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('a slip')
    await ada.ask('message:delete', { id })
    await afterAll(app, token, browser)
    expect(bodies(browser)).not.toContain('a slip')
  })

  test('a private word reaches the owner whose tab is open but unused, and not once they read', async () => {
    const { app, browser, token } = await startWithPush()
    const owner = await connect(app, { auth: { token } })
    await owner.ask('presence:idle', { idle: true })
    const ada = await visitor(app, 'ada')
    const { name: room } = await conversation(app, tokenOf(ada))
    await ada.send({ room, text: 'psst' })
    const { payload } = await browser.told()
    expect(payload.notification).toMatchObject({ body: 'psst', data: { room } })
    await owner.ask('presence:idle', { idle: false })
    await owner.enter(null, room)
    await ada.send({ room, text: 'now you see it' })
    await afterAll(app, token, browser)
    expect(bodies(browser)).not.toContain('now you see it')
  })
})

describe('what a visitor is told who asked', () => {
  /** Bo asked a question, and asked to be told; he was never connected, and so is away. */
  async function withBo() {
    const service = await startPushService()
    const app = await startApp({ settings: reachPrivate })
    const owners = await ownerToken(app)
    const ada = await visitor(app, 'ada')
    const joined = await api(app).post('/api/chat/visitors').send({ nick: 'bo' }).expect(201)
    const { self: bo, token } = (joined.body as { data: { self: { id: string }; token: string } }).data
    const browser = service.browser()
    await subscribe(app, token, browser, 'sv-SE')
    const asked = await post(app, token, { text: 'a question' })
    return { app, owners, ada, bo, browser, token, replyTo: (asked.body as { data: { id: string } }).data.id }
  }
  const post = (app: TestApp, token: string, message: object) =>
    api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send(message).expect(201)

  test('an answer and a mention, in the language of the browser', async () => {
    const { app, ada, browser, token, replyTo } = await withBo()
    await ada.send('unrelated')
    await ada.send({ text: 'an answer', replyTo })
    const answer = await browser.told()
    expect(answer.payload.notification).toMatchObject({
      title: 'ada svarade dig',
      body: 'an answer',
      lang: 'sv',
    })
    await ada.send('hello @bo!')
    const mention = await browser.told(2)
    expect(mention.payload.notification).toMatchObject({ title: 'ada nämnde dig i Lobby', tag: 'lobby' })
    expect(mention.topic).toBe(answer.topic)
    await afterAll(app, token, browser)
    expect(browser.pushes).toHaveLength(3)
  })

  test.each(['erase', 'ban', 'sign out'] as const)('nothing after: %s', async (how) => {
    const { app, owners, bo, browser, token } = await withBo()
    const other = (await startPushService()).browser()
    await subscribe(app, owners, other)
    if (how === 'erase') await api(app).delete('/api/me/words').set(bearer(token)).expect(204)
    if (how === 'ban') await moderate(app, owners, { id: bo.id, action: 'ban', minutes: 5 }).expect(204)
    if (how === 'sign out') await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
    await post(app, owners, { text: '@bo?' })
    // Long enough for the message to be looked through, and for what it leads to.
    for (let round = 0; round < 3; round++) await afterAll(app, owners, other)
    expect(browser.asked).toEqual([])
  })
})

describe('subscriptions', () => {
  test('the key stays the same after a restart', async () => {
    const app = await startApp()
    await ownerToken(app)
    const { body } = await api(app).get('/api/push/key').expect(200)
    await app.close()
    const again = await startApp({ folder: app.folder })
    expect((await api(again).get('/api/push/key').expect(200)).body).toEqual(body)
    const { publicKey } = (body as { data: { publicKey: string } }).data
    expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65)
  })

  test('a test reaches all of one’s browsers, and none that was removed', async () => {
    const { app, service, token, browser } = await startWithPush()
    const other = service.browser()
    await subscribe(app, token, other)
    await api(app)
      .delete('/api/me/push')
      .set(bearer(token))
      .send({ endpoint: other.subscription.endpoint })
      .expect(204)
    await afterAll(app, token, browser)
    expect(browser.notifications()[0]).toMatchObject({ title: 'Notifications work', data: null })
    expect(other.asked).toEqual([])
  })

  test('a person has at most ten browsers, the newest', async () => {
    const { app, service, token, browser } = await startWithPush()
    const browsers = Array.from({ length: 10 }, () => service.browser())
    for (const one of browsers) await subscribe(app, token, one)
    await api(app).post('/api/me/push/test').set(bearer(token)).expect(204)
    for (const one of browsers) await one.told()
    expect(browser.asked).toEqual([])
  })

  const good = {
    endpoint: 'https://push.example.org/1',
    keys: {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
  }
  test.each([
    ['http:', { ...good, endpoint: 'http://push.example.org/1' }],
    ['loopback', { ...good, endpoint: 'https://127.0.0.1/1' }],
    ['loopback by name', { ...good, endpoint: 'https://localhost/1' }],
    ['private', { ...good, endpoint: 'https://192.168.1.2/1' }],
    ['a number for loopback', { ...good, endpoint: 'https://2130706433/1' }],
    ['IPv4 in IPv6', { ...good, endpoint: 'https://[::ffff:10.0.0.1]/1' }],
    ['translated', { ...good, endpoint: 'https://[64:ff9b::a00:1]/1' }],
    ['with a password', { ...good, endpoint: 'https://a:b@push.example.org/1' }],
    ['no point of the curve', { ...good, keys: { ...good.keys, p256dh: `BA${'A'.repeat(85)}` } }],
    ['a short secret', { ...good, keys: { ...good.keys, auth: 'AAAA' } }],
    ['no keys', { endpoint: good.endpoint }],
  ])('refused: %s', async (_name, subscription) => {
    const app = await startApp()
    const token = await ownerToken(app)
    const { body } = await api(app)
      .post('/api/me/push')
      .set(bearer(token))
      .send({ subscription, language: 'en' })
      .expect(400)
    expect(body).toMatchObject({
      errors: [{ code: 'INVALID', source: { pointer: expect.stringMatching(/^.subscription/) } }],
    })
    await api(app)
      .post('/api/me/push')
      .set(bearer(token))
      .send({ subscription: good, language: 'en' })
      .expect(201)
  })

  test('only somebody can subscribe', async () => {
    const app = await startApp()
    await ownerToken(app)
    const { body } = await api(app)
      .post('/api/me/push')
      .send({ subscription: good, language: 'en' })
      .expect(401)
    expect(body).toEqual(refusal(401, 'UNAUTHENTICATED'))
  })

  test('a browser of a session that has ended is told nothing', async () => {
    const { app, browser } = await startWithPush()
    const token = await signIn(app, ownerAccount)
    const other = (await startPushService()).browser()
    await subscribe(app, token, other)
    await api(app).post('/api/logout').set(bearer(token)).expect(204)
    await (await visitor(app, 'ada')).send('hello')
    await browser.told()
    expect(other.asked).toEqual([])
  })
})

describe('push services that do not take it', () => {
  test.each([404, 410])('%s: the browser is no longer subscribed', async (status) => {
    const { app, service, token, browser } = await startWithPush()
    const gone = service.browser()
    gone.answer = { status }
    await subscribe(app, token, gone)
    const ada = await visitor(app, 'ada')
    await ada.send('one')
    await gone.askedTimes(1)
    await browser.told()
    await ada.send('two')
    await browser.told(2)
    expect(gone.asked).toHaveLength(1)
  })

  test('429: it is sent after the pause that was asked for, once', async () => {
    const { app, browser, token } = await startWithPush()
    browser.answers.push({ status: 429, headers: { 'Retry-After': '3' } })
    await (await visitor(app, 'ada')).send('patience')
    const { at } = await browser.told()
    expect(at - browser.asked[0]!).toBeGreaterThanOrEqual(3_000)
    await afterAll(app, token, browser)
    expect(bodies(browser).filter((body) => body === 'patience')).toHaveLength(1)
  })

  test.each([{ status: 500 }, 'nothing'] as const)('%j: nobody else waits for it', async (answer) => {
    const { app, service, token, browser } = await startWithPush()
    await afterAll(app, token, browser)
    const broken = Array.from({ length: 9 }, () => service.browser())
    for (const one of broken) {
      one.answer = answer
      await subscribe(app, token, one)
    }
    const ada = await visitor(app, 'ada')
    await ada.send('hello')
    await browser.told(2)
    expect(bodies(browser)).toContain('hello')
    await ada.send('again')
    await browser.told(3)
  })
})

test('what was said before a restart is told after it, once', async () => {
  const { app, browser, token } = await startWithPush()
  const ada = await visitor(app, 'ada')
  await ada.send('just before')
  await app.close()
  const again = await startApp({ folder: app.folder, settings: reachPrivate })
  await browser.told()
  await again.close()
  const last = await startApp({ folder: app.folder, settings: reachPrivate })
  await afterAll(last, token, browser)
  expect(bodies(browser).filter((body) => body === 'just before')).toHaveLength(1)
})
