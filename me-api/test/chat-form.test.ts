import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ReadRule } from '../src/chat/rooms/read-rule.ts'
import type { Message } from '../src/contract/index.ts'
import { type Browser, browser } from './support/browser.ts'
import { manualClock } from './support/manual-clock.ts'
import { moderate } from './support/moderation.ts'
import {
  api,
  bearer,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
  withOwner,
} from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually } from './support/visitors.ts'

const messagesOf = async (app: TestApp, room = 'lobby') => {
  const { body } = await api(app).get(`/api/chat/rooms/${room}/messages`).expect(200)
  return (body as { data: { messages: Message[] } }).data.messages
}
const textsOf = async (app: TestApp, room?: string) => (await messagesOf(app, room)).map(({ text }) => text)

/** Sends a form that nobody has sent before, without waiting for one's own message in a document. */
const write = (one: Browser, fields: Record<string, string>, path = '/chat/lobby') =>
  one.post(path, { nonce: randomUUID(), ...fields })

/** Reads the room, and sends its form. */
async function readAndWrite(one: Browser, fields: Record<string, string>, path = '/chat/lobby') {
  const { nonce } = await one.get(path)
  return one.post(path, { nonce, ...fields })
}

const moderated = async (app: TestApp, order: { action: string; reason?: string }) => {
  const [message] = await messagesOf(app)
  await moderate(app, await ownerToken(app), { id: message?.author.id, ...order }).expect(204)
}

const room = async (app: TestApp, settings: object, name = 'lobby') =>
  api(app)
    .patch(`/api/chat/rooms/${name}`)
    .set(bearer(await ownerToken(app)))
    .send(settings)
    .expect(200)

describe('writing without script', () => {
  test.each(['/chat', '/chat/lobby'])(
    'a form sent to %s is a message, and leads to the room, which shows it',
    async (path) => {
      const app = await startApp()
      const ada = browser(app)
      const sent = await readAndWrite(ada, { nick: 'Ada', text: 'Hej på dig 👋' }, path)
      expect(sent.status).toBe(303)
      expect(sent.headers.get('location')).toBe(path)
      expect(sent.headers.get('cache-control')).toBe('no-store')
      expect(await messagesOf(app)).toMatchObject([
        { text: 'Hej på dig 👋', author: { nick: 'Ada', role: 'visitor' } },
      ])
      const shown = await ada.get(path)
      expect(shown.html).toContain('Hej på dig 👋')
      expect(shown).toMatchObject({ status: 200, text: '', alert: undefined, nick: 'Ada' })
    },
  )

  test('everybody who reads the room elsewhere gets it at once', async () => {
    const app = await startApp()
    const reader = await connect(app)
    await reader.enter(null)
    await write(browser(app), { nick: 'Ada', text: 'hi' })
    await eventually(() =>
      expect(reader.changes.flatMap(({ messages }) => messages)).toMatchObject([{ text: 'hi' }]),
    )
  })

  test.each([
    ['one\r\ntwo\r\n\r\nthree', 'one\ntwo\n\nthree'],
    ['one\rtwo', 'one\ntwo'],
    ['  trimmed \r\n', 'trimmed'],
    ['a=b&c=d+e%20f;g', 'a=b&c=d+e%20f;g'],
    ['👩‍👩‍👧‍👦 é e\u0301 \ud83d\udc4d🏽', '👩‍👩‍👧‍👦 é e\u0301 👍🏽'],
    ['<b>&amp;</b> </textarea><script>', '<b>&amp;</b> </textarea><script>'],
    ['a\0b', 'a\uFFFDb'],
  ])('%j is stored as %j, as it would be elsewhere', async (typed, stored) => {
    const app = await startApp()
    expect((await write(browser(app), { nick: 'Ada', text: typed })).status).toBe(303)
    expect(await textsOf(app)).toEqual([stored])
  })

  test('a text of 4,000 emoji is sent, one of 4,001 is too long, and stays in the form', async () => {
    const app = await startApp()
    const ada = browser(app)
    expect((await write(ada, { nick: 'Ada', text: '🙂'.repeat(4_000) })).status).toBe(303)
    const refused = await write(ada, { nick: 'Ada', text: 'x'.repeat(4_001) })
    expect(refused).toMatchObject({ status: 400, alert: 'Too long to send.', invalid: ['text'] })
    expect(refused.text).toBe('x'.repeat(4_001))
  })

  test('the poster sees the message although the room was read a moment before, in their language', async () => {
    const app = await startApp()
    const ada = browser(app, { 'accept-language': 'sv' })
    const reader = browser(app, { 'accept-language': 'sv' })
    for (const text of ['one', 'two', 'three']) {
      await reader.get('/chat/lobby')
      await readAndWrite(ada, { nick: 'Ada', text })
      expect((await ada.get('/chat/lobby')).html).toContain(`>${text}<`)
    }
  })

  test('the way back to the room waits no longer than for the document that others may get', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = browser(app)
    const { nonce } = await ada.get('/chat/lobby')
    let isAnswered = false
    const sent = ada.post('/chat/lobby', { nonce, nick: 'Ada', text: 'hi' }).then((answer) => {
      isAnswered = true
      return answer
    })
    await eventually(async () => expect(await textsOf(app)).toEqual(['hi']))
    clock.advance(999)
    expect((await browser(app).get('/chat/lobby')).html).not.toContain('>hi<')
    expect(isAnswered).toBe(false)
    clock.advance(1)
    expect((await sent).status).toBe(303)
    expect((await ada.get('/chat/lobby')).html).toContain('>hi<')
  })
})

describe('who writes without script', () => {
  test('a visitor keeps the nick by a cookie that no script reads, also after a restart', async () => {
    const app = await startApp()
    const ada = browser(app)
    const sent = await write(ada, { nick: 'Ada', text: 'one' })
    expect(sent.set.find((line) => line.startsWith('me_visitor='))).toMatch(
      /; Path=\/; .*HttpOnly; SameSite=Lax$/,
    )
    await app.close()
    const again = await startApp({ folder: app.folder })
    const back = browser(again)
    for (const [name, value] of ada.cookies) back.cookies.set(name, value)
    expect((await back.get('/chat/lobby')).nick).toBe('Ada')
    expect((await write(back, { nick: '', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(again)
    expect(two?.author).toEqual(one?.author)
  })

  test('over https the cookies have the prefix that binds them to the host', async () => {
    const app = await startApp({ settings: { SITE_URL: 'https://site.example' } })
    const { headers } = await api(app).get('/chat').set('host', 'site.example').expect(200)
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-me_tab=[\w-]{22}; Path=\/; HttpOnly; Secure; Same/),
    ])
  })

  test('a document of the chat names the tab once, and no other page does', async () => {
    const app = await startApp()
    const reader = browser(app)
    const first = await reader.get('/chat/lobby')
    expect(first.set).toEqual([expect.stringMatching(/^me_tab=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/)])
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    expect((await reader.get('/chat/lobby/1')).set).toEqual([])
    expect((await browser(app).get('/')).set).toEqual([])
  })

  test('another nick renames the visitor', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    await write(ada, { nick: 'Grace', text: 'two' })
    const [one, two] = await messagesOf(app)
    expect([one?.author.nick, two?.author.nick]).toEqual(['Ada', 'Grace'])
    expect(two?.author.id).toBe(one?.author.id)
    expect((await ada.get('/chat')).nick).toBe('Grace')
  })

  test('renaming is limited as everywhere', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: '2/1m' } })
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    for (const nick of ['Ada 2', 'Ada 3', 'Ada 4']) await write(ada, { nick, text: '' })
    for (const nick of ['Ada 5', 'Ada 6']) await write(ada, { nick, text: nick })
    const refused = await write(ada, { nick: 'Ada 7', text: 'no' })
    expect(refused).toMatchObject({ status: 429, text: 'no', nick: 'Ada 7' })
  })

  test('who is signed in writes as who they are, whatever nick the form says', async () => {
    const app = await withOwner(await startApp())
    await memberToken(app)
    const ada = browser(app)
    await ada.post('/api/login', JSON.stringify(memberAccount), { 'content-type': 'application/json' })
    const shown = await ada.get('/chat/lobby')
    expect(shown.html).toContain('Signed in as Ada')
    expect(shown.nick).toBeUndefined()
    expect((await write(ada, { nick: 'Mallory', text: 'one' })).status).toBe(303)
    expect((await write(ada, { text: 'two' })).status).toBe(303)
    expect((await messagesOf(app)).map(({ author }) => [author.nick, author.role])).toEqual([
      ['Ada', 'member'],
      ['Ada', 'member'],
    ])
    expect(ada.cookies.has('me_visitor')).toBe(false)
    const { alert, html } = await write(ada, { text: ' ' })
    expect(alert).toBe('Write a message first.')
    expect(html).toContain('Signed in as Ada')
  })

  test('without cookies the first message is sent, and the next with that nick is told why it is not', async () => {
    const app = await startApp()
    const form = { nick: 'Ada', text: 'one', nonce: '0' }
    expect((await browser(app).post('/chat/lobby', form)).status).toBe(303)
    const refused = await browser(app).post('/chat/lobby', { ...form, text: 'two' })
    expect(refused).toMatchObject({ status: 409, nick: 'Ada', text: 'two', invalid: ['nick'] })
    expect(refused.alert).toMatch(/Somebody else has that nick.*allow cookies/)
  })

  test('an answer that was lost costs nobody the nick: the tab has it', async () => {
    const app = await startApp()
    const ada = browser(app)
    await readAndWrite(ada, { nick: 'Ada', text: 'one' })
    ada.cookies.delete('me_visitor')
    expect((await write(ada, { nick: 'Ada', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(app)
    expect(two?.author.id).toBe(one?.author.id)
  })

  test.each(['garbage', 'a.b.c', '%00', 'x'.repeat(3_000)])(
    'a visitor’s cookie such as %j counts as none',
    async (value) => {
      const app = await startApp()
      const ada = browser(app)
      ada.cookies.set('me_visitor', value)
      expect((await write(ada, { nick: '', text: 'hi' })).alert).toBe('Pick a nick first.')
      expect((await write(ada, { nick: 'Ada', text: 'hi' })).status).toBe(303)
      expect(await textsOf(app)).toEqual(['hi'])
    },
  )

  test('a visitor who has signed out everywhere is a new one', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    const token = ada.cookies.get('me_visitor') ?? ''
    await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
    const page = await ada.get('/chat')
    expect(page).toMatchObject({ status: 200, nick: '' })
    expect(await write(ada, { nick: '', text: 'two' })).toMatchObject({ status: 400, text: 'two' })
    expect((await write(ada, { nick: 'Ada', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(app)
    expect(two?.author.id).not.toBe(one?.author.id)
  })

  test('a nick stays held while its visitor’s page is read again', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = browser(app)
    await ada.post('/chat/lobby', { nick: 'Ada', text: 'one' })
    const other = browser(app)
    const post = (one: Browser, form: Record<string, string>) => {
      clock.advance(1_000)
      return one.post('/chat/lobby', form)
    }
    for (let seconds = 0; seconds < 120; seconds += 20) {
      clock.advance(20_000)
      await ada.get('/chat/lobby')
    }
    expect((await post(other, { nick: 'Ada', text: 'x' })).status).toBe(409)
    clock.advance(61_000)
    expect((await post(other, { nick: 'Ada', text: 'mine now' })).status).toBe(303)
    // Reading takes nothing back, and writing says why it is not sent.
    await ada.get('/chat/lobby')
    expect((await post(other, { nick: 'Ada', text: 'still' })).status).toBe(303)
    expect(await post(ada, { nick: 'Ada', text: 'two' })).toMatchObject({ status: 409, text: 'two' })
    expect(await post(ada, { nick: '', text: 'two' })).toMatchObject({
      status: 400,
      alert: 'Pick a nick first.',
    })
  })

  test('a member’s name cannot end the attribute it stands in', async () => {
    const app = await withOwner(await startApp())
    // The shortest way to a nick that no rule allows: one of an older version.
    await memberToken(app)
    const nick = `"><i>$& $1 $\` </textarea>'`
    await app.db.updateTable('users').set({ nick }).where('email', '=', memberAccount.email).execute()
    const ada = browser(app)
    await ada.post('/api/login', JSON.stringify(memberAccount), { 'content-type': 'application/json' })
    const { html } = await ada.get('/chat/lobby')
    expect(html).toContain('Signed in as &quot;&gt;&lt;i&gt;$&amp; $1 $` &lt;/textarea&gt;&#39;</p>')
  })

  test('what one reader gets for their nick is not what others get, and is told by its own ETag', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'hi' })
    const [own, others] = [await ada.get('/chat'), await browser(app).get('/chat')]
    expect([own.nick, others.nick]).toEqual(['Ada', ''])
    const etag = own.headers.get('etag') ?? ''
    expect(etag).not.toBe(others.headers.get('etag'))
    expect((await ada.get('/chat', { 'if-none-match': etag })).status).toBe(304)
    expect((await browser(app).get('/chat', { 'if-none-match': etag })).status).toBe(200)
    expect(own.headers.get('vary')).toContain('Cookie')
  })
})

describe('a form that is sent again', () => {
  test('is the same message', async () => {
    const app = await startApp()
    const ada = browser(app)
    const { nonce } = await ada.get('/chat/lobby')
    const form = { nonce, nick: 'Ada', text: 'once' }
    for (let time = 0; time < 3; time++) expect((await ada.post('/chat/lobby', form)).status).toBe(303)
    const [message, ...others] = await messagesOf(app)
    expect(others).toEqual([])
    // RFC 9562 §5.5
    expect(message?.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  test('is the same message where both arrive at once, for somebody new too', async () => {
    const app = await startApp()
    const ada = browser(app)
    const { nonce } = await ada.get('/chat/lobby')
    for (const text of ['new', 'known']) {
      const form = { nonce, nick: 'Ada', text }
      const both = await Promise.all([ada.post('/chat/lobby', form), ada.post('/chat/lobby', form)])
      expect(both.map(({ status }) => status)).toEqual([303, 303])
    }
    expect(await textsOf(app)).toEqual(['new', 'known'])
  })

  test('is the same message also in slow mode, for somebody muted and after a restart', async () => {
    const app = await startApp()
    await room(app, { slowSeconds: 60 })
    const ada = browser(app)
    const form = { nonce: (await ada.get('/chat')).nonce, nick: 'Ada', text: 'once' }
    expect((await ada.post('/chat', form)).status).toBe(303)
    expect((await ada.post('/chat', form)).status).toBe(303)
    await moderated(app, { action: 'mute' })
    expect((await ada.post('/chat', form)).status).toBe(303)
    await app.close()
    const again = await startApp({ folder: app.folder })
    const back = browser(again)
    for (const [name, value] of ada.cookies) back.cookies.set(name, value)
    expect((await back.post('/chat', form)).status).toBe(303)
    expect(await textsOf(again)).toEqual(['once'])
  })

  test('after the room has changed the same words are another message', async () => {
    const app = await startApp()
    const ada = browser(app)
    for (const _ of ['one', 'two']) await readAndWrite(ada, { nick: 'Ada', text: 'hi' })
    expect(await textsOf(app)).toEqual(['hi', 'hi'])
  })

  test.each([
    ['another text', { text: 'other' }],
    ['another nonce', { nonce: '7' }],
    ['no nonce', { nonce: '' }],
    ['a huge nonce', { nonce: '9'.repeat(10_000) }],
    ['a nonce of anything', { nonce: '"><b>\0' }],
  ])('with %s it is another message', async (_, change) => {
    const app = await startApp()
    const ada = browser(app)
    const form = { nonce: '1', nick: 'Ada', text: 'hi' }
    await ada.post('/chat/lobby', form)
    expect((await ada.post('/chat/lobby', { ...form, ...change })).status).toBe(303)
    expect(await textsOf(app)).toHaveLength(2)
  })

  test('is another message of another visitor, and in another room', async () => {
    const app = await startApp()
    const owner = bearer(await ownerToken(app))
    await api(app).post('/api/chat/rooms').set(owner).send({ name: 'garden', title: 'Garden' }).expect(201)
    const ada = browser(app)
    const form = { nonce: '0', nick: 'Ada', text: 'hi' }
    await ada.post('/chat/lobby', form)
    expect((await browser(app).post('/chat/lobby', { ...form, nick: 'Bo' })).status).toBe(303)
    expect((await ada.post('/chat/garden', form)).status).toBe(303)
    expect((await messagesOf(app)).map(({ author }) => author.nick)).toEqual(['Ada', 'Bo'])
    expect(await textsOf(app, 'garden')).toEqual(['hi'])
  })

  test('after a refusal it keeps its nonce, and is one message', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(browser(app), { nick: 'Bo', text: 'first' })
    const { nonce } = await ada.get('/chat')
    const refused = await ada.post('/chat', { nonce, nick: 'Bo', text: 'hi' })
    await write(browser(app), { nick: 'Cleo', text: 'second' })
    expect(refused.nonce).toBe(nonce)
    for (let time = 0; time < 2; time++)
      await ada.post('/chat', { nonce: refused.nonce, nick: 'Ada', text: 'hi' })
    expect(await textsOf(app)).toEqual(['first', 'second', 'hi'])
  })
})

describe('a refused form', () => {
  const cases: [string, (app: TestApp, ada: Browser) => Promise<unknown>, object, object][] = [
    [
      'a nick that is taken',
      (app) => write(browser(app), { nick: 'ADA', text: 'x' }),
      {},
      {
        status: 409,
        alert: 'Somebody else has that nick, or one that looks like it.',
        invalid: ['nick'],
      },
    ],
    [
      'a nick that is reserved',
      async () => undefined,
      { nick: 'admin' },
      {
        status: 409,
        nick: 'admin',
        alert: 'That nick is reserved. Pick another one.',
        invalid: ['nick'],
      },
    ],
    [
      'a nick that is none',
      async () => undefined,
      { nick: '"><b>' },
      {
        status: 400,
        nick: '&quot;&gt;&lt;b&gt;',
        alert: /^Up to 24 letters/,
        invalid: ['nick'],
      },
    ],
    [
      'no nick',
      async () => undefined,
      { nick: ' ' },
      {
        status: 400,
        nick: ' ',
        alert: /^Up to 24 letters|^Pick a nick first/,
        invalid: ['nick'],
      },
    ],
    [
      'no text',
      async () => undefined,
      { text: ' \r\n ' },
      {
        status: 400,
        text: ' \n ',
        alert: 'Write a message first.',
        invalid: ['text'],
      },
    ],
    [
      'a text that draws nothing',
      async () => undefined,
      { text: '\u200b' },
      {
        status: 400,
        text: '\u200b',
        alert: 'Write a message first.',
        invalid: ['text'],
      },
    ],
    [
      'a locked room',
      (app) => room(app, { locked: true }),
      {},
      {
        status: 403,
        alert: 'The room was locked.',
        invalid: [],
      },
    ],
  ]
  test.each(cases)(
    'for %s is the same page with the words and what was typed',
    async (_, before, form, what) => {
      const app = await withOwner(await startApp())
      const ada = browser(app)
      const page = await ada.get('/chat/lobby')
      await before(app, ada)
      const typed = { nonce: page.nonce, nick: 'Ada', text: 'my $& <b>words</b>', ...form }
      const refused = await ada.post('/chat/lobby', typed)
      const { alert, ...others } = what as { alert: string | RegExp }
      expect(refused).toMatchObject({ nick: 'Ada', text: 'my $&amp; &lt;b&gt;words&lt;/b&gt;', ...others })
      expect(refused.alert).toMatch(alert)
      expect(refused.html).toContain('role="alert"')
      expect(refused.html).toMatch(/<h1[^>]*>/)
      expect(refused.refreshes).toBe(false)
      expect(refused.html).not.toContain('?write')
      expect(refused.html).not.toMatch(/\sstyle=/)
      expect(refused.headers.get('cache-control')).toBe('no-store')
      expect(refused.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await textsOf(app)).not.toContain(typed.text)
    },
  )

  test('in slow mode says how long to wait, and is sent afterwards', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    await room(app, { slowSeconds: 90 })
    const ada = browser(app)
    await ada.post('/chat', { nick: 'Ada', text: 'one', nonce: '0' })
    const two = { nick: 'Ada', text: 'two', nonce: '0' }
    const refused = await ada.post('/chat', two)
    expect(refused).toMatchObject({ status: 429, text: 'two', alert: 'You can write again in 2 minutes.' })
    expect(refused.headers.get('retry-after')).toBe('90')
    clock.advance(90_000)
    expect((await ada.post('/chat', two)).status).toBe(303)
  })

  test.each([
    ['en', 'mute', 'You are muted for now. It ends in 24 hours. Sleep on <it>.'],
    ['sv', 'mute', 'Du är tystad för tillfället. Det slutar om 24 timmar. Sleep on <it>.'],
    ['en', 'ban', 'You are banned for now. It ends in 24 hours. Sleep on <it>.'],
  ] as const)('in %s for a %s says so, with the reason', async (language, action, words) => {
    const app = await startApp()
    const ada = browser(app, { 'accept-language': language })
    await write(ada, { nick: 'Ada', text: 'one' })
    await moderated(app, { action, reason: 'Sleep on <it>.' })
    const refused = await write(ada, { nick: 'Ada', text: 'two' })
    expect(refused).toMatchObject({ status: 403, text: 'two' })
    expect(refused.alert?.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toBe(words)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await textsOf(app)).toEqual(['one'])
  })

  test('for a closed address lets nobody new in', async () => {
    const app = await startApp()
    await write(browser(app), { nick: 'Ada', text: 'one' })
    await moderated(app, { action: 'ban' })
    const bo = await write(browser(app), { nick: 'Bo', text: 'two' })
    expect(bo).toMatchObject({ status: 403, nick: 'Bo', text: 'two' })
    expect(bo.alert).toContain('You are banned for now.')
  })

  test('for a newcomer’s link says when links are allowed; the site’s own are', async () => {
    const app = await startApp({ settings: { LIMIT_NEWCOMER: '5m' } })
    const ada = browser(app)
    const refused = await write(ada, { nick: 'Ada', text: 'see https://a.example' })
    expect(refused).toMatchObject({
      status: 403,
      invalid: ['text'],
      alert: /^Links have to wait .* 5 more min/,
    })
    expect((await write(ada, { text: `see ${app.url}/reports` })).status).toBe(303)
  })

  test('of somebody new who has to prove work says that this needs JavaScript', async () => {
    const app = await startApp({ settings: { PROOF_OF_WORK: 'on' } })
    const refused = await write(browser(app), { nick: 'Ada', text: 'hi' })
    expect(refused).toMatchObject({ status: 403, nick: 'Ada', text: 'hi' })
    expect(refused.alert).toContain('JavaScript')
    expect(await textsOf(app)).toEqual([])
  })

  test('keeps the visitor whom it made, so that the next try is theirs', async () => {
    const app = await startApp()
    await room(app, { locked: true })
    const ada = browser(app)
    expect((await write(ada, { nick: 'Ada', text: 'hi' })).status).toBe(403)
    await room(app, { locked: false })
    expect((await write(ada, { nick: 'Ada', text: 'hi' })).status).toBe(303)
  })

  test.each([
    ['sv', 'Skriv ett meddelande först.'],
    ['nb', 'Skriv en melding først.'],
    ['de', 'Write a message first.'],
  ])('is in the reader’s language, %s', async (language, words) => {
    const app = await startApp()
    const refused = await write(browser(app, { 'accept-language': language }), { nick: 'Ada', text: '' })
    expect(refused.alert).toBe(words)
  })

  test('is counted, and limited by LIMIT_REQUESTS as a costly request', async () => {
    const app = await startApp({ settings: { LIMIT_REQUESTS: '21/1m' } })
    const ada = browser(app)
    const form = { nick: 'Ada', text: '' }
    expect((await ada.post('/chat', form)).status).toBe(400)
    expect((await ada.post('/chat', form)).status).toBe(400)
    const limited = await ada.post('/chat', form)
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})

describe('a room that is not there', () => {
  const hidden: ReadRule = (by, name) => name !== 'board' || by?.role === 'owner'

  test.each(['nowhere', 'board', 'Lobby', 'a_b', '%00', 'x'.repeat(33)])(
    'takes no form: %s',
    async (name) => {
      const app = await startApp({ mayRead: hidden })
      const owner = bearer(await ownerToken(app))
      await api(app).post('/api/chat/rooms').set(owner).send({ name: 'board', title: 'Board' }).expect(201)
      const ada = browser(app)
      const answer = await ada.post(`/chat/${name}`, { nick: 'Ada', text: 'hi' })
      expect(answer.status).toBe(404)
      expect(answer.html).toContain('This room doesn&#39;t exist, or it has been deleted.')
      expect(answer.html).not.toContain('Board')
      // Nobody has got a nick by it.
      expect(ada.cookies.has('me_visitor')).toBe(false)
    },
  )

  test('a room that is removed while somebody writes there is one', async () => {
    const app = await startApp()
    const owner = bearer(await ownerToken(app))
    await api(app).post('/api/chat/rooms').set(owner).send({ name: 'garden', title: 'Garden' }).expect(201)
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' }, '/chat/garden')
    await api(app).delete('/api/chat/rooms/garden').set(owner).expect(204)
    expect((await ada.post('/chat/garden', { nick: 'Ada', text: 'two' })).status).toBe(404)
  })
})

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
    expect(answer).toMatchObject({ status: 413, alert: 'Too long to send.', text: '' })
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

test('the link that pauses the refreshing stands where the page refreshes itself', async () => {
  const app = await startApp()
  await write(browser(app), { nick: 'Ada', text: 'hi' })
  const reader = browser(app)
  const [live, writing, message] = [
    await reader.get('/chat/lobby'),
    await reader.get('/chat/lobby?write'),
    await reader.get('/chat/lobby/1'),
  ]
  expect([live, writing, message].map(({ refreshes }) => refreshes)).toEqual([true, false, false])
  expect([live, writing, message].map(({ html }) => html.includes('?write"'))).toEqual([true, false, false])
  expect(writing.html).toContain('This page does not update while you write.')
})

test('the owner who signs in writes without limits', async () => {
  const app = await withOwner(await startApp({ settings: { LIMIT_MESSAGES: '1/1m' } }))
  const owner = browser(app)
  await owner.post('/api/login', JSON.stringify(ownerAccount), { 'content-type': 'application/json' })
  for (const text of ['one', 'two', 'three']) expect((await owner.post('/chat', { text })).status).toBe(303)
})
