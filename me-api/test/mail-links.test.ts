import { describe, expect, test } from '@jest/globals'
import { browser } from './support/browser.ts'
import { messagesOf, textsOf } from './support/chat-form.ts'
import { conversation } from './support/conversations.ts'
import { type MailServer, header, pathIn } from './support/mail-server.ts'
import { startWithMail } from './support/mail.ts'
import { tokenOf } from './support/moderation.ts'
import { api, bearer, bosAccount, memberToken, ownerAccount, signIn } from './support/rest.ts'
import type { TestApp } from './support/start-app.ts'
import { connect, visitor } from './support/visitors.ts'

/** A browser that knows nobody, at the page of a link. */
async function opened(app: TestApp, path: string) {
  const reader = browser(app)
  const page = await reader.get(path)
  return { reader, page, nonce: page.nonce }
}

const answerIn = async (server: MailServer, count = 1) => pathIn(await server.mailed(count), '/answer/')
const offIn = async (server: MailServer) => pathIn(await server.mailed(), '/unsubscribe/')

/** The owner was mailed what ada said in the lobby. */
async function withMail() {
  const site = await startWithMail()
  const ada = await visitor(site.app, 'ada')
  const asked = await ada.send('a **question**')
  await site.pass(3)
  return { ...site, ada, asked, path: await answerIn(site.server) }
}

describe('the link that answers', () => {
  test('shows the words of the mail, and opening it changes nothing', async () => {
    const { app, path, ada } = await withMail()
    await ada.send('not in the mail')
    for (let times = 0; times < 3; times++) {
      const { page } = await opened(app, path)
      expect(page.status).toBe(200)
      expect(page.html).toContain('a question')
      expect(page.html).not.toContain('not in the mail')
      expect(page.html).toContain('<meta name="robots" content="noindex">')
      expect(page.headers.get('cache-control')).toBe('no-store')
      expect(page.headers.get('referrer-policy')).toBe('strict-origin')
      expect(page.set).toEqual([])
    }
    expect(await textsOf(app)).toEqual(['a **question**', 'not in the mail'])
  })

  test('stores what is written as the owner’s answer, once however often it is sent', async () => {
    const { app, path, asked } = await withMail()
    const { reader, nonce } = await opened(app, path)
    for (let times = 0; times < 2; times++) {
      const answer = await reader.post(path, { text: 'an\r\nanswer', nonce })
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe(`${path}?sent`)
    }
    const [, answer, ...others] = await messagesOf(app)
    expect(answer).toMatchObject({ text: 'an\nanswer', author: { role: 'owner' }, replyTo: asked.id })
    expect(others).toEqual([])
    const after = await reader.get(`${path}?sent`)
    expect(after.html).toContain('Your answer was sent.')
    expect((await reader.post(path, { text: 'an\nanswer', nonce: after.nonce })).status).toBe(303)
    expect(await textsOf(app)).toHaveLength(3)
    expect(reader.cookies.size).toBe(0)
    expect((await reader.get('/api/me')).status).toBe(401)
  })

  test('opens a private conversation, and no other room', async () => {
    const { app, server, pass } = await startWithMail()
    const ada = await visitor(app, 'ada')
    const { name: room } = await conversation(app, tokenOf(ada))
    await ada.send({ room, text: 'psst' })
    await pass(3)
    const path = await answerIn(server)
    expect((await opened(app, path)).page.html).toContain('ada, in private')
    const { reader, nonce } = await opened(app, path)
    await ada.enter(null, room)
    expect((await reader.post(path, { text: 'what is it?', nonce, room: 'lobby' })).status).toBe(303)
    expect(await textsOf(app)).toEqual([])
    const { body } = await api(app)
      .get(`/api/chat/rooms/${room}/messages`)
      .set(bearer(tokenOf(ada)))
      .expect(200)
    expect((body as { data: { messages: object[] } }).data.messages).toMatchObject([
      { text: 'psst' },
      { text: 'what is it?', author: { role: 'owner' } },
    ])
    const elsewhere = path.replace(room, 'lobby')
    expect(elsewhere).not.toBe(path)
    expect((await opened(app, elsewhere)).page.status).toBe(404)
  })

  test.each([
    ['nothing', '/answer/x'],
    ['no signature', '/answer/lobby.1.1.9999999999999'],
    ['a signature of nothing', `/answer/${'A'.repeat(43)}.lobby.1.1.9999999999999`],
    ['a broken escape', '/answer/%E0%A4%A'],
    ['another path', `/answer/${'A'.repeat(43)}.../etc/passwd`],
    ['very much', `/answer/${'A'.repeat(7_000)}`],
  ])('is not guessed: %s', async (_name, path) => {
    const { app } = await startWithMail()
    const reader = browser(app)
    expect([400, 404]).toContain((await reader.get(path)).status)
    expect([400, 404, 405]).toContain((await reader.post(path, { text: 'x', nonce: '1' })).status)
    expect(await textsOf(app)).toEqual([])
  })

  test('cannot be changed in any part, nor used to switch mails off', async () => {
    const { app, path } = await withMail()
    const token = path.replace('/answer/', '')
    const [signature = '', room, from, to, until] = token.split('.')
    const others = [
      [signature, 'other', from, to, until],
      [signature, room, '0', to, until],
      [signature, room, from, '99', until],
      [signature, room, from, to, String(Number(until) + 1)],
      [signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')), room, from, to, until],
    ]
    for (const parts of others)
      expect((await opened(app, `/answer/${parts.join('.')}`)).page.status).toBe(404)
    expect((await opened(app, `/unsubscribe/${token}`)).page.status).toBe(404)
  })

  test('is good for seven days', async () => {
    const { app, path, clock } = await withMail()
    clock.advance(7 * 24 * 3_600_000 - 60_000)
    const { reader, page, nonce } = await opened(app, path)
    expect(page.status).toBe(200)
    clock.advance(120_000)
    expect((await reader.post(path, { text: 'late', nonce })).status).toBe(404)
    expect((await opened(app, path)).page.status).toBe(404)
    expect(await textsOf(app)).toEqual(['a **question**'])
  })

  test.each(['signing out everywhere', 'another password', 'npm run owner'] as const)(
    'ends with %s',
    async (how) => {
      const { app, token, path } = await withMail()
      if (how === 'signing out everywhere')
        await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
      if (how === 'another password')
        await api(app)
          .post('/api/me/password')
          .set(bearer(token))
          .send({ current: ownerAccount.password, next: 'a new lamp every night' })
          .expect(204)
      if (how === 'npm run owner')
        await app.app.owner.set({ ...ownerAccount, password: 'a new lamp every night' })
      expect((await opened(app, path)).page.status).toBe(404)
      expect((await browser(app).post(path, { text: 'x', nonce: '1' })).status).toBe(404)
    },
  )

  test('ending one session leaves it as it is', async () => {
    const { app, path } = await withMail()
    const other = await signIn(app, ownerAccount)
    await api(app).post('/api/logout').set(bearer(other)).expect(204)
    expect((await opened(app, path)).page.status).toBe(200)
  })

  test('is no form of other sites, and shows what is refused again', async () => {
    const { app, path } = await withMail()
    const { reader, nonce } = await opened(app, path)
    const foreign = { origin: 'https://elsewhere.example' }
    expect((await reader.post(path, { text: 'x', nonce }, foreign)).status).toBe(403)
    const empty = await reader.post(path, { text: '  ', nonce })
    expect(empty.status).toBe(400)
    expect(empty.html).toContain('Write an answer first.')
    const long = await reader.post(path, { text: `<b>${'x'.repeat(4_000)}`, nonce })
    expect(long.status).toBe(400)
    expect(long.html).toContain('Too long to send')
    expect(long.html).toContain('&lt;b&gt;xxx')
    expect((await reader.post(path, '{"text":"x"}', { 'content-type': 'application/json' })).status).toBe(415)
    const put = await reader.send(path, { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    expect(await textsOf(app)).toEqual(['a **question**'])
  })

  test('of a room that was removed opens nothing', async () => {
    const { app, server, token, pass } = await startWithMail()
    const owners = bearer(token)
    await api(app).post('/api/chat/rooms').set(owners).send({ name: 'attic', title: 'Attic' }).expect(201)
    const ada = await visitor(app, 'ada')
    await ada.send({ room: 'attic', text: 'up here' })
    await pass(3)
    const path = await answerIn(server)
    const { nonce, reader } = await opened(app, path)
    await api(app).delete('/api/chat/rooms/attic').set(owners).expect(204)
    expect((await reader.get(path)).status).toBe(404)
    expect((await reader.post(path, { text: 'hello?', nonce })).status).toBe(404)
  })

  test('is in no log', async () => {
    const logLines: string[] = []
    const { app, server, pass } = await startWithMail({ logLines })
    const ada = await visitor(app, 'ada')
    await ada.send('a question')
    await pass(3)
    const path = await answerIn(server)
    const { reader, nonce } = await opened(app, path)
    await reader.post(path, { text: 'an answer', nonce })
    await reader.get(await offIn(server))
    const log = logLines.join('')
    expect(log).toContain('/answer/:token')
    expect(log).not.toContain(path.slice('/answer/'.length, '/answer/'.length + 20))
  })
})

describe('the link that switches mails off', () => {
  test('asks a person first, and opening it changes nothing', async () => {
    const { app, server, token } = await withMail()
    const path = await offIn(server)
    const { reader, page } = await opened(app, path)
    expect(page.html).toContain('Send no more mails')
    const isOn = async () => {
      const { body } = await api(app).get('/api/me/mail').set(bearer(token)).expect(200)
      return (body as { data: { on: boolean } }).data.on
    }
    expect(await isOn()).toBe(true)
    const done = await reader.post(path, {})
    expect([done.status, done.html.includes('No more mails')]).toEqual([200, true])
    expect(await isOn()).toBe(false)
    expect((await reader.get(path)).html).toContain('No more mails')
    await api(app).patch('/api/me/mail').set(bearer(token)).send({ on: true }).expect(200)
    expect(await isOn()).toBe(true)
  })

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'a form of parts',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    ],
  ])('takes one click of a mail program, as %s', async (_name, type, body) => {
    const { app, server, ada, pass } = await withMail()
    const url = header(await server.mailed(), 'List-Unsubscribe').slice(1, -1)
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
    expect(answer.status).toBe(200)
    await ada.send('unheard')
    await pass(70)
    expect(server.mails).toHaveLength(1)
    expect(await textsOf(app)).toHaveLength(2)
  })

  test('is not guessed, nor another user’s', async () => {
    const { app, server, token } = await withMail()
    await memberToken(app, bosAccount)
    const path = await offIn(server)
    const [signature = '', id = ''] = path.replace('/unsubscribe/', '').split('.')
    const { body } = await api(app).get('/api/members').set(bearer(token)).expect(200)
    const member = (body as { data: { id: string; role: string }[] }).data.find(
      ({ role }) => role === 'member',
    )!
    for (const guess of ['x', id, `${signature}.${member.id}`, `${'A'.repeat(43)}.${id}`]) {
      expect((await opened(app, `/unsubscribe/${guess}`)).page.status).toBe(404)
      expect((await browser(app).post(`/unsubscribe/${guess}`, {})).status).toBe(404)
    }
    expect((await api(app).get('/api/me/mail').set(bearer(token)).expect(200)).body).toMatchObject({
      data: { on: true },
    })
  })
})

test('an answer marks a private conversation as read by the owner, as every message does', async () => {
  const { app, server, token, pass } = await startWithMail()
  const ada = await visitor(app, 'ada')
  const { name: room } = await conversation(app, tokenOf(ada))
  await ada.send({ room, text: 'psst' })
  await pass(3)
  const path = await answerIn(server)
  const { reader, nonce } = await opened(app, path)
  await reader.post(path, { text: 'yes?', nonce })
  const owner = await connect(app, { auth: { token } })
  const { body } = await api(app).get('/api/chat/conversations').set(bearer(token)).expect(200)
  expect((body as { data: { unread: number }[] }).data[0]?.unread).toBe(0)
  owner.socket.disconnect()
})
