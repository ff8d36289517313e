import { describe, expect, test } from '@jest/globals'
import { HistoryLine } from '../src/chat/log/history-transfer.ts'
import { tokenOf } from './support/moderation.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

/** Texts of which nothing is drawn. */
const blank: Record<string, string> = {
  'spaces of all kinds': ' \u00a0\u2003\u3000\u1680\u2028',
  'an empty Braille pattern': '\u2800',
  'an empty Braille pattern and a Hangul filler': '\u2800\u3164',
  'all Hangul fillers': '\u115f\u1160\u3164\uffa0',
  'joiners and zero-width spaces': '\u200b\u200c\u200d\u2060\u034f\ufeff',
  'marks of direction': '\u200e\u200f\u061c\u202a\u202e\u2066\u2069',
  'marks alone': '\u0301\u0347',
  'marks on a filler': '\u3164\u0301',
  'a spacing mark alone': '\u093e',
  'variation selectors': '\ufe0f\u180b\u{e0100}',
  tags: '\u{e0001}\u{e0041}\u{e007f}',
  'the place of an object': '\ufffc',
  annotations: '\ufff9\ufffa\ufffb',
  'a note without a head': '\u{1d159}',
  'musical formats': '\u{1d173}\u{1d17a}',
  'blank hieroglyphs': '\u{13441}\u{13442}',
  'joiners of hieroglyphs': '\u{13430}\u{1343f}',
  'formats of shorthand': '\u{1bca0}\u{1bca3}',
  'invisible operators': '\u2061\u2062\u2063\u2064',
  'a soft hyphen': '\u00ad',
  'a blank in bold': '**\u2800**',
  'a joiner struck through': '~~\u200b~~',
  'a filler in code': '`\u3164`',
  'a blank in a quote': '> \u2800\n> \u2060',
  'a broken line and a blank': '\\\n\u2800',
  'control characters': '\u0001\u001f\u007f\u0085',
  'no characters': '\ufdd0\uffff\u{1ffff}',
  'unassigned characters': '\u0378\ufb37',
}

/** Texts of which something is drawn, though they hold such characters. */
const drawn = [
  'e\u0301',
  'ที่',
  'שָׁ',
  '🏳️‍🌈',
  '1️⃣',
  '*️⃣',
  '***',
  '>_>',
  '**\u2800a**',
  '⠁',
  '\u2800.',
  '\u06dd',
  '𝅘𝅥',
  '한',
  'ﾊﾞ',
  '\u{1faff}',
  '…',
  '\ue000',
]

const failure = (code: string) => ({ ok: false, error: { code, message: expect.any(String) } })

async function inLobby() {
  const app = await startApp({
    settings: { LIMIT_MESSAGES: 'off', LIMIT_EVENTS: 'off', LIMIT_REQUESTS: 'off' },
  })
  const ada = await visitor(app, 'ada')
  return { app, ada }
}

describe('text that draws nothing', () => {
  test('is refused as a message and as an edit', async () => {
    const { app, ada } = await inLobby()
    const { id } = await ada.send('hej')
    for (const [name, text] of Object.entries(blank)) {
      const sent = await ada.emit('message:send', { room: 'lobby', id: crypto.randomUUID(), text })
      expect([name, sent]).toEqual([name, failure('INVALID')])
      expect([name, await ada.emit('message:edit', { id, text })]).toEqual([name, failure('INVALID')])
    }
    const { body } = await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(tokenOf(ada)))
      .send({ text: '\u2800\u3164' })
      .expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/text'))
    for (const text of drawn) expect(await ada.send(text)).toMatchObject({ text })
  })

  test('is refused in reports, rooms, the presentation and reasons', async () => {
    const { app, ada } = await inLobby()
    const token = await ownerToken(app)
    const post = (path: string, body: object) => api(app).post(path).set(bearer(token)).send(body)
    const page = {
      name: 'Ada',
      headline: 'hej',
      text: 'hej',
      links: [{ label: 'a', href: 'https://a.example' }],
    }
    await post('/api/reports', { week: 1, title: 'a', text: 'a' }).expect(201)
    for (const text of Object.values(blank)) {
      await post('/api/reports', { week: 2, title: text, text: 'a' }).expect(400)
      await post('/api/reports', { week: 2, title: 'a', text }).expect(400)
      await api(app).put('/api/reports/week/1').set(bearer(token)).send({ title: 'a', text }).expect(400)
      await post('/api/chat/rooms', { name: 'tea', title: text }).expect(400)
      await api(app).patch('/api/chat/rooms/lobby').set(bearer(token)).send({ title: text }).expect(400)
      for (const changed of [
        { name: text },
        { headline: text },
        { links: [{ ...page.links[0], label: text }] },
      ])
        await api(app)
          .put('/api')
          .set(bearer(token))
          .send({ ...page, ...changed })
          .expect(400)
      const order = { id: ada.welcome.self?.id, action: 'mute', reason: text }
      await post('/api/chat/moderation', order).expect(400)
    }
  })

  test('is refused as a nick, and so is a nick with a character that draws nothing', async () => {
    const { ada } = await inLobby()
    for (const [name, nick] of Object.entries(blank))
      expect([name, await ada.emit('nick:set', { nick })]).toEqual([name, failure('NICK_INVALID')])
    for (const nick of ['\u{13441}', 'ada\u{13441}', 'ad\u{13442}a', 'ad\u2800a', 'a\ufe0fda', 'ad\u115fa'])
      expect([nick, await ada.emit('nick:set', { nick })]).toEqual([nick, failure('NICK_INVALID')])
  })

  test('makes a line of an import broken', () => {
    const line = { nick: 'ada', text: 'hej', sentAt: '2020-01-01T00:00:00Z' }
    expect(HistoryLine.safeParse(line).success).toBe(true)
    for (const text of Object.values(blank)) {
      expect(HistoryLine.safeParse({ ...line, text }).success).toBe(false)
    }
  })
})
