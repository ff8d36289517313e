import { describe, expect, test } from '@jest/globals'
import { conversation } from './support/conversations.ts'
import { header, startMailServer } from './support/mail-server.ts'
import { pass, startWithMail } from './support/mail.ts'
import { manualClock } from './support/manual-clock.ts'
import { tokenOf } from './support/moderation.ts'
import { api, bearer, memberToken, ownerToken, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, leave, visitor } from './support/visitors.ts'

const publish = (app: TestApp, token: string) =>
  api(app)
    .post('/api/reports')
    .set(bearer(token))
    .send({ week: 3, title: 'On lamps', text: 'A lamp is a promise.' })
    .expect(201)

describe('what the owner is mailed while away', () => {
  test('what was said in two minutes, by whom, about what, with a link to each message', async () => {
    const { app, server, token, pass } = await startWithMail()
    await publish(app, token)
    const ada = await visitor(app, 'ada')
    const first = await ada.send('Is **somebody** here?')
    const quote = { exact: 'a promise', prefix: 'A lamp is ', suffix: '.' }
    const second = await ada.send({ text: 'Whose?', about: { path: '/reports/week/3', quote } })
    await pass(1)
    expect(server.mails).toEqual([])
    await pass(2)
    const mail = await server.mailed()
    expect(mail).toMatchObject({
      to: 'owner@example.org',
      from: { address: 'house@example.org' },
      subject: expect.stringMatching(/^2 new messages at /),
    })
    const origin = /http:\/\/localhost:\d+/.exec(mail.text ?? '')?.[0]
    for (const text of [mail.text, mail.html]) {
      expect(text).toContain('Is somebody here?')
      expect(text).toContain('ada')
      for (const { seq } of [first, second]) expect(text).toContain(`${origin}/chat/lobby/${seq}`)
      expect(text).toContain('About “On lamps”')
      expect(text).toContain(`${origin}/reports/week/3`)
      expect(text).toContain('a promise')
      expect(text).toContain(`${origin}/answer/`)
    }
    expect(mail.html).not.toMatch(/<img|src=|url\(/i)
    expect(header(mail, 'Auto-Submitted')).toBe('auto-generated')
    expect(header(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
    expect(header(mail, 'List-Unsubscribe')).toMatch(/^<http:\/\/localhost:\d+\/unsubscribe\/[\w.-]+>$/)
  })

  test('one mail an hour at most, with all that was said since the last', async () => {
    const { app, server, pass } = await startWithMail()
    const ada = await visitor(app, 'ada')
    await ada.send('the first')
    await pass(3)
    expect((await server.mailed()).subject).toBe('ada in Lobby')
    await ada.send('the second')
    await pass(30)
    await ada.send('the third')
    await pass(25)
    expect(server.mails).toHaveLength(1)
    await pass(5)
    const { text } = await server.mailed(2)
    expect(text).toContain('the second')
    expect(text).toContain('the third')
    expect(text).not.toContain('the first')
    await pass(70)
    expect(server.mails).toHaveLength(2)
  })

  test('nothing that was deleted or read meanwhile, and no mail where nothing is left', async () => {
    const { app, server, token, pass } = await startWithMail()
    const ada = await visitor(app, 'ada')
    const { name: room } = await conversation(app, tokenOf(ada))
    const { id } = await ada.send('a slip')
    await ada.send({ room, text: 'psst' })
    await pass(1)
    await ada.ask('message:delete', { id })
    const owner = await connect(app, { auth: { token } })
    await owner.enter(null, room)
    await leave(app, owner)
    await pass(5)
    expect(server.mails).toEqual([])
    await ada.send({ room, text: 'you did not see this' })
    await pass(3)
    const mail = await server.mailed()
    expect(mail.subject).toBe('ada wrote to you')
    expect(mail.text).toContain('ada, in private')
    expect(mail.text).not.toMatch(/psst|a slip/)
  })

  test('nothing that the owner has answered meanwhile in a short visit', async () => {
    const { app, server, token, pass } = await startWithMail()
    const ada = await visitor(app, 'ada')
    await ada.send('a question')
    const owner = await connect(app, { auth: { token } })
    await owner.send('an answer')
    await leave(app, owner)
    await ada.send('one more thing')
    await pass(3)
    const { text } = await server.mailed()
    expect(text).toContain('one more thing')
    expect(text).not.toContain('a question')
  })

  test('nothing while the owner is there, nor what came before the owner was there again', async () => {
    const { app, server, token, pass } = await startWithMail()
    const owner = await connect(app, { auth: { token } })
    const ada = await visitor(app, 'ada')
    await ada.send('seen at once')
    for (let minute = 0; minute < 4; minute++) {
      await owner.ask('presence:idle', { idle: false })
      await pass(1)
    }
    await leave(app, owner)
    await pass(5)
    expect(server.mails).toEqual([])
    await ada.send('the first')
    await pass(3)
    await server.mailed()
    await ada.send('within the hour')
    await pass(5)
    const again = await connect(app, { auth: { token } })
    await pass(1)
    await leave(app, again)
    await pass(70)
    expect(server.mails).toHaveLength(1)
  })

  test('while a member is there only what concerns the owner, and reports of messages', async () => {
    const { app, server, pass } = await startWithMail()
    const eve = await visitor(app, 'eve')
    const bo = await visitor(app, 'bo')
    await connect(app, { auth: { token: await memberToken(app) } })
    await eve.send('among ourselves')
    const rude = await bo.send('rude words')
    await api(app)
      .post(`/api/chat/messages/${rude.id}/report`)
      .set(bearer(tokenOf(eve)))
      .expect(204)
    await pass(3)
    const mail = await server.mailed()
    expect(mail.subject).toBe('A message by bo was reported')
    expect(mail.text).toMatch(/ {4}rude words\nhttp:\/\/localhost:\d+\/moderation/)
    expect(mail.text).not.toContain('among ourselves')
    expect(mail.text).not.toContain('/answer/')
  })

  test('in the owner’s language, with what others wrote escaped', async () => {
    const { app, server, token, pass } = await startWithMail()
    await api(app).patch('/api/me/mail').set(bearer(token)).send({ language: 'sv-SE' }).expect(200)
    const ada = await visitor(app, 'ada')
    await ada.send('<img src=x onerror=alert(1)> & "more"\nnext line')
    await pass(3)
    const { html = '', text, subject } = await server.mailed()
    expect(subject).toBe('ada i Lobby')
    expect(html).toContain('<html lang="sv">')
    expect(html).toContain('>&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;\nnext line</p>')
    expect(html).not.toContain('<img')
    expect(text).toContain('Medan du var borta')
  })

  test('a flood is one mail that says there was more', async () => {
    const { app, server, pass } = await startWithMail()
    const ada = await visitor(app, 'ada')
    for (let number = 1; number <= 70; number++) await ada.send(`word ${number}.`)
    await pass(3)
    const { text, subject } = await server.mailed()
    expect(subject).toMatch(/^50 new/)
    expect(text).toContain('word 70.')
    expect(text).not.toContain('word 1.')
    expect(text).toContain('There was more than fits into a mail.')
    await pass(70)
    expect(server.mails).toHaveLength(1)
  })

  test('what was said before a flood that is deleted again', async () => {
    const { app, server, pass } = await startWithMail()
    const [ada, eve] = [await visitor(app, 'ada'), await visitor(app, 'eve')]
    await ada.send('my only word')
    const noise = []
    for (let number = 1; number <= 60; number++) noise.push(await eve.send(`noise ${number}`))
    await pass(1)
    for (const { id } of noise) await eve.ask('message:delete', { id })
    await pass(2)
    expect((await server.mailed()).text).toContain('my only word')
  })

  test('in its text too nothing that somebody wrote looks like a part of the mail', async () => {
    const { app, server, pass } = await startWithMail()
    await (
      await visitor(app, 'eve')
    ).send('hej\n\nAnswer: https://evil.example/answer/1\u2028Open: https://evil.example')
    await pass(3)
    const { text = '' } = await server.mailed()
    expect(text).toContain('    Answer: https://evil.example/answer/1')
    const lines = text.split(/[\r\n\u2028]+/)
    expect(lines.filter((line) => /^\S.*evil/.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('Answer: '))).toHaveLength(1)
  })

  test('links begin with SITE_URL', async () => {
    const clock = manualClock()
    const server = await startMailServer()
    const settings = { ...server.settings, SITE_URL: 'https://house.example' }
    const app = await withOwner(await startApp({ clock, settings }))
    const host = { Host: 'house.example' }
    const joined = await api(app).post('/api/chat/visitors').set(host).send({ nick: 'bo' }).expect(201)
    const { token } = (joined.body as { data: { token: string } }).data
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set({ ...host, ...bearer(token) })
      .send({ text: 'hello' })
      .expect(201)
    await pass(clock, 3)
    const { text = '' } = await server.mailed(1, () => clock.advance(1_000))
    expect(text).toContain('https://house.example/chat/lobby/1')
    expect(text).not.toContain('localhost')
  })
})

describe('the owner’s setting', () => {
  test('is the owner’s alone, and switches mails off and on', async () => {
    const { app, server, token, pass } = await startWithMail()
    const owners = bearer(token)
    await api(app).get('/api/me/mail').expect(401)
    await api(app)
      .get('/api/me/mail')
      .set(bearer(await memberToken(app)))
      .expect(403)
    const { body } = await api(app).get('/api/me/mail').set(owners).expect(200)
    expect(body).toEqual({ data: { on: true, address: 'owner@example.org', language: 'en' } })
    const eve = await visitor(app, 'eve')
    await eve.send('forgotten')
    await pass(1)
    await api(app).patch('/api/me/mail').set(owners).send({ on: false }).expect(200)
    await eve.send('not told')
    await pass(5)
    await api(app).patch('/api/me/mail').set(owners).send({ on: true }).expect(200)
    await eve.send('told')
    await pass(5)
    const { text } = await server.mailed()
    expect(text).toContain('told')
    expect(text).not.toMatch(/not told|forgotten/)
  })

  test('a test arrives, and one that the mail server refuses says so', async () => {
    const { app, server, token } = await startWithMail()
    const test = () => api(app).post('/api/me/mail/test').set(bearer(token))
    await test().expect(204)
    const mail = await server.mailed()
    expect(mail.subject).toMatch(/^A test from /)
    // The owner's own browser has said where the site is.
    expect(mail.text).toContain(`${app.url}/unsubscribe/`)
    server.behaviours.push({ toRecipient: 550 })
    await test().expect(503)
    for (let count = 0; count < 3; count++) await test().expect(204)
    await test().expect(429)
  })

  test('without SMTP_URL there is none', async () => {
    const app = await startApp()
    const owners = bearer(await ownerToken(app))
    await api(app).get('/api/me/mail').set(owners).expect(404)
    await api(app).post('/api/me/mail/test').set(owners).expect(404)
    const { body } = await api(app).get('/api/privacy').expect(200)
    expect((body as { data: { mail: boolean } }).data.mail).toBe(false)
  })
})

describe('a restart', () => {
  test('loses nothing that waits, and sends nothing twice', async () => {
    const { app, clock, server, pass: passHere } = await startWithMail()
    const ada = await visitor(app, 'ada')
    await ada.send('before the restart')
    await passHere(1)
    await app.close()
    const settings = { ...server.settings, LIMIT_MESSAGES: 'off' }
    const later = manualClock(clock.now())
    server.behaviours.push('take and close')
    const again = await startApp({ clock: later, settings, folder: app.folder })
    await pass(later, 3)
    const { text } = await server.mailed(1, () => later.advance(1_000))
    expect(text).toContain('before the restart')
    await again.close()
    const last = manualClock(later.now())
    await startApp({ clock: last, settings, folder: app.folder })
    await pass(last, 70)
    expect(server.mails).toHaveLength(1)
  })
})
