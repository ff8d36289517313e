import { describe, expect, test } from '@jest/globals'
import { browser } from './support/browser.ts'
import {
  addRoom,
  messagesOf,
  moderateFirst,
  readAndWrite,
  sameBrowser,
  setLobby,
  textsOf,
  write,
} from './support/chat-form.ts'
import { manualClock } from './support/manual-clock.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually } from './support/visitors.ts'

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
    expect(refused).toMatchObject({ status: 400, invalid: ['text'] })
    expect(refused.alert).toBe('Too long to send: it has 4,001 characters, and a message can have 4,000.')
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
    await setLobby(app, { slowSeconds: 60 })
    const ada = browser(app)
    const form = { nonce: (await ada.get('/chat')).nonce, nick: 'Ada', text: 'once' }
    expect((await ada.post('/chat', form)).status).toBe(303)
    expect((await ada.post('/chat', form)).status).toBe(303)
    await moderateFirst(app, { action: 'mute' })
    expect((await ada.post('/chat', form)).status).toBe(303)
    await app.close()
    const again = await startApp({ folder: app.folder })
    const back = sameBrowser(ada, again)
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
    await addRoom(app, 'garden', 'Garden')
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
