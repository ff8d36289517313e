import { describe, expect, test } from '@jest/globals'
import { contentOf, signatureOf } from '../src/chat/webhooks/make-request.ts'
import type { WebhookPayload } from '../src/contract/index.ts'
import { post, startWithWebhook } from './support/webhooks.ts'
import { visitor } from './support/visitors.ts'

const events = ['message.sent', 'message.deleted', 'report.created']

/** Decodes a header's encoded words (RFC 2047 §2), as ntfy does. */
const decoded = (header: string): string =>
  header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, base64: string) => Buffer.from(base64, 'base64').toString())

const saying = (text: string, { nick = 'ada', title = 'Lobby' } = {}): WebhookPayload => ({
  type: 'message.sent',
  timestamp: '2026-03-03T08:00:00.000Z',
  data: {
    message: {
      ...{ id: 'm', room: 'lobby', seq: 1, rev: 1, text, sentAt: '2026-03-03T08:00:00.000Z' },
      author: { id: 'a', nick, role: 'visitor' },
    },
    room: { name: 'lobby', title },
    url: 'https://ada.example/chat/lobby/1',
  },
})

/** The example of the specification's libraries. */
test('the signature is that of Standard Webhooks', () => {
  const headers = signatureOf(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330_999,
    '{"test": 2432232314}',
  )
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

describe('Slack', () => {
  test('gets a text in which nothing is a command', async () => {
    const { app, receiver } = await startWithWebhook({ events, format: 'slack' })
    const { seq } = await (
      await visitor(app, 'ada')
    ).send('**Hi** <!channel> & <@U1> <https://evil.example|here>')
    const { body, headers } = await receiver.came()
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(body)).toEqual({
      text: `<${app.url}/chat/lobby/${seq}|ada in Lobby>\nHi &lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://evil.example|here&gt;`,
    })
  })
})

describe('Discord', () => {
  test('gets content that mentions nobody and is as it was typed', async () => {
    const { app, receiver } = await startWithWebhook({ events, format: 'discord' })
    const { seq } = await (await visitor(app, 'ada')).send('@everyone see https://a.example/b_c_d and x_y_z')
    expect(JSON.parse((await receiver.came()).body)).toEqual({
      content: `**ada in Lobby**\n\\@everyone see https://a.example/b_c_d and x\\_y\\_z\n<${app.url}/chat/lobby/${seq}>`,
      allowed_mentions: { parse: [] },
    })
  })

  test.each(['a', '🦊', '_', 'e\u0301'])('never gets more than 2,000 characters: %s', (character) => {
    const { body } = contentOf('discord', saying(character.repeat(4_000)), 'en')
    const { content } = JSON.parse(body) as { content: string }
    expect(content.length).toBeLessThanOrEqual(2_000)
    expect(content.isWellFormed()).toBe(true)
    expect(content).toMatch(/…\n<https:\/\/ada.example\/chat\/lobby\/1>$/)
  })
})

describe('ntfy', () => {
  test('gets the text as the body and the rest as headers', async () => {
    const { app, receiver } = await startWithWebhook({ events, format: 'ntfy' })
    const ada = await visitor(app, 'ada')
    const { id, seq } = await ada.send('hej på dig 🦊\nsecond line')
    const { body, headers } = await receiver.came()
    expect(body).toBe('hej på dig 🦊\nsecond line')
    expect(headers).toMatchObject({ title: 'ada in Lobby', click: `${app.url}/chat/lobby/${seq}` })
    await ada.ask('message:delete', { id })
    const deleted = await receiver.came(2)
    expect(deleted.body).toBe('A message by ada in Lobby was deleted')
    expect(deleted.headers).not.toHaveProperty('title')
  })

  test.each([
    ['Åsa', 'Åsa in Lobby'],
    ['=?x', '=?x in Lobby'],
    ['a\r\nX-Evil: 1', 'a X-Evil: 1 in Lobby'],
    ['狐'.repeat(24), `${'狐'.repeat(24)} in Lobby`],
  ])('a title survives as a header: %j', (nick, title) => {
    const { headers } = contentOf('ntfy', saying('x', { nick }), 'en')
    expect(headers['Title']).toMatch(/^[\x20-\x7e]+$/)
    for (const word of headers['Title']!.split(' ')) expect(word.length).toBeLessThanOrEqual(75)
    expect(decoded(headers['Title']!)).toBe(title)
  })

  test('a text of ideographs is cut to what is no file yet', () => {
    const { body } = contentOf('ntfy', saying('狐'.repeat(4_000)), 'en')
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_000)
    expect(body).toMatch(/^狐{500,}…$/)
  })
})

test.each([
  ['sv', 'Ny rapport: Tredje'],
  ['nn-NO', 'Ny rapport: Tredje'],
  ['de', 'New report: Tredje'],
])('what people read is in the language of the site: %s', async (SITE_LANGUAGE, words) => {
  const { app, token, receiver } = await startWithWebhook(
    { events, format: 'ntfy' },
    { settings: { SITE_LANGUAGE } },
  )
  await post(app, token, '/api/reports', { week: 3, title: 'Tredje', text: 'Ord.' }).expect(201)
  expect((await receiver.came()).body).toBe(words)
})
