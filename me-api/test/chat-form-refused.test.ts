import { describe, expect, test } from '@jest/globals'
import type { ReadRule } from '../src/chat/rooms/read-rule.ts'
import { browser } from './support/browser.ts'
import { addRoom, moderateFirst, setLobby, textsOf, write } from './support/chat-form.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

describe('a refused form', () => {
  const takeNick = (app: TestApp) => write(browser(app), { nick: 'ADA', text: 'x' })
  const lock = (app: TestApp) => setLobby(app, { locked: true })
  const empty = 'Write a message first.'
  const taken = 'Somebody else has that nick, or one that looks like it.'
  type Case = {
    before?: (app: TestApp) => Promise<unknown>
    form?: { nick?: string; text?: string }
    alert: string | RegExp
    /** What else the page has. */
    shown: object
  }
  const cases: [string, Case][] = [
    ['a nick that is taken', { before: takeNick, alert: taken, shown: { status: 409, invalid: ['nick'] } }],
    [
      'a nick that is reserved',
      {
        form: { nick: 'admin' },
        alert: 'That nick is reserved. Pick another one.',
        shown: { status: 409, nick: 'admin', invalid: ['nick'] },
      },
    ],
    [
      'a nick that is none',
      {
        form: { nick: '"><b>' },
        alert: /^Up to 24 letters/,
        shown: { status: 400, nick: '&quot;&gt;&lt;b&gt;', invalid: ['nick'] },
      },
    ],
    [
      'no nick',
      {
        form: { nick: ' ' },
        alert: /^Up to 24 letters|^Pick a nick first/,
        shown: { status: 400, nick: ' ', invalid: ['nick'] },
      },
    ],
    [
      'no text',
      { form: { text: ' \r\n ' }, alert: empty, shown: { status: 400, text: ' \n ', invalid: ['text'] } },
    ],
    [
      'a text that draws nothing',
      { form: { text: '\u200b' }, alert: empty, shown: { status: 400, text: '\u200b', invalid: ['text'] } },
    ],
    ['a locked room', { before: lock, alert: 'The room was locked.', shown: { status: 403, invalid: [] } }],
  ]
  test.each(cases)(
    'for %s is the same page with the words and what was typed',
    async (_, { before, form, alert, shown }) => {
      const app = await withOwner(await startApp())
      const ada = browser(app)
      const page = await ada.get('/chat/lobby')
      await before?.(app)
      const typed = { nonce: page.nonce, nick: 'Ada', text: 'my $& <b>words</b>', ...form }
      const refused = await ada.post('/chat/lobby', typed)
      expect(refused).toMatchObject({ nick: 'Ada', text: 'my $&amp; &lt;b&gt;words&lt;/b&gt;', ...shown })
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
    await setLobby(app, { slowSeconds: 90 })
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
    await moderateFirst(app, { action, reason: 'Sleep on <it>.' })
    const refused = await write(ada, { nick: 'Ada', text: 'two' })
    expect(refused).toMatchObject({ status: 403, text: 'two' })
    expect(refused.alert?.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toBe(words)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await textsOf(app)).toEqual(['one'])
  })

  test('for a closed address lets nobody new in', async () => {
    const app = await startApp()
    await write(browser(app), { nick: 'Ada', text: 'one' })
    await moderateFirst(app, { action: 'ban' })
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
    await setLobby(app, { locked: true })
    const ada = browser(app)
    expect((await write(ada, { nick: 'Ada', text: 'hi' })).status).toBe(403)
    await setLobby(app, { locked: false })
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
      await addRoom(app, 'board', 'Board')
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
    const owner = await addRoom(app, 'garden', 'Garden')
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' }, '/chat/garden')
    await api(app).delete('/api/chat/rooms/garden').set(owner).expect(204)
    expect((await ada.post('/chat/garden', { nick: 'Ada', text: 'two' })).status).toBe(404)
  })
})
