import { describe, expect, test } from '@jest/globals'
import { header, pathIn, startMailServer } from './support/mail-server.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, signIn, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

const NEXT = 'another lovely engine'

async function siteWithMail(settings: Record<string, string> = {}) {
  const clock = manualClock()
  const server = await startMailServer()
  const app = await startApp({ clock, settings: { ...server.settings, ...settings } })
  const member = await memberToken(app)
  return { app, clock, server, member }
}

const forgot = (app: TestApp, email: string) => api(app).post('/api/password/forgot').send({ email })
const reset = (app: TestApp, token: string, password = NEXT) =>
  api(app).post('/api/password/reset').send({ token, password })
const tokenOf = (mail: { text?: string | undefined }) => pathIn(mail, '/reset-password#').split('#')[1] ?? ''

describe('a forgotten password', () => {
  test('is replaced by the link in the mail, once, and all sessions end', async () => {
    const { app, server, member } = await siteWithMail()
    await forgot(app, ' ADA@example.org ').expect(202, '')
    const mail = await server.mailed()
    expect(mail).toMatchObject({
      to: memberAccount.email,
      subject: expect.stringMatching(/^Set a new password at /),
    })
    expect(mail.html).toContain(tokenOf(mail))
    expect(header(mail, 'List-Unsubscribe')).toBe('')
    await reset(app, tokenOf(mail)).expect(204)
    await api(app).get('/api/me').set(bearer(member)).expect(401)
    await signIn(app, { ...memberAccount, password: NEXT })
    await reset(app, tokenOf(mail), 'a third engine').expect(403)
  })

  test('whether there is such an account is told nobody', async () => {
    const { app, server } = await siteWithMail()
    const [known, unknown] = [await forgot(app, memberAccount.email), await forgot(app, 'nobody@example.org')]
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    expect(known.status).toBe(202)
    const names = (headers: object) => Object.keys(headers).toSorted()
    expect(names(known.headers)).toEqual(names(unknown.headers))
    await server.mailed()
    await forgot(app, 'not an address').expect(400)
    expect(server.mails).toHaveLength(1)
  })

  test('the answer does not wait for the mail server', async () => {
    const { app, server } = await siteWithMail()
    server.behaviours.push('hang')
    await forgot(app, memberAccount.email).expect(202)
    await eventually(() => expect(server.counts().asked).toBe(1))
    await forgot(app, 'nobody@example.org').expect(202)
  })

  test('the link is valid for 30 minutes', async () => {
    const { app, clock, server } = await siteWithMail()
    await forgot(app, memberAccount.email).expect(202)
    const token = tokenOf(await server.mailed())
    clock.advance(30 * 60_000 + 1)
    await reset(app, token).expect(403)
    await signIn(app, memberAccount)
  })

  test('of several links the first that is used ends the others', async () => {
    const { app, server } = await siteWithMail()
    for (const count of [1, 2]) {
      await forgot(app, memberAccount.email).expect(202)
      await server.mailed(count)
    }
    const [one, other] = server.mails.map(tokenOf)
    await reset(app, one!).expect(204)
    await reset(app, other!, 'a third engine').expect(403)
  })

  test('another e-mail ends the link that went to the old one', async () => {
    const { app, server, member } = await siteWithMail()
    await forgot(app, memberAccount.email).expect(202)
    const token = tokenOf(await server.mailed())
    await api(app)
      .patch('/api/me')
      .set(bearer(member))
      .send({ email: 'lovelace@example.org', password: memberAccount.password })
      .expect(200)
    await reset(app, token).expect(403)
  })

  test('works for the owner too, whose new password npm run owner still sets', async () => {
    const { app, server } = await siteWithMail()
    await forgot(app, ownerAccount.email).expect(202)
    const token = tokenOf(await server.mailed())
    await app.app.owner.set({ ...ownerAccount, password: 'set at the command line' })
    await reset(app, token).expect(403)
    await forgot(app, ownerAccount.email).expect(202)
    await reset(app, tokenOf(await server.mailed(2))).expect(204)
    await signIn(app, { ...ownerAccount, password: NEXT })
  })

  test('nobody is mailed more than three links an hour, and nobody learns of it', async () => {
    const { app, server } = await siteWithMail()
    for (let count = 0; count < 6; count++) await forgot(app, memberAccount.email).expect(202)
    await server.mailed(3)
    await forgot(app, ownerAccount.email).expect(202)
    await server.mailed(4)
    expect(server.mails.map(({ to }) => to)).toEqual([
      ...Array.from({ length: 3 }, () => memberAccount.email),
      ownerAccount.email,
    ])
  })

  test('an address that asks very often waits', async () => {
    const { app } = await siteWithMail()
    for (let count = 0; count < 20; count++) await forgot(app, `nobody${count}@example.org`).expect(202)
    const { headers } = await forgot(app, memberAccount.email).expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })

  test('the link leads to this site, whatever host a stranger names', async () => {
    const { app, server } = await siteWithMail()
    await forgot(app, memberAccount.email)
      .set({ Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' })
      .expect(202)
    const mail = await server.mailed()
    expect(mail.raw).not.toContain('evil.example')
    expect(mail.text).toMatch(/http:\/\/localhost:\d+\/reset-password#/)
  })

  test('the mail is in the language of the page', async () => {
    const { app, server } = await siteWithMail()
    await forgot(app, memberAccount.email).set({ Cookie: 'me_language=nb' }).expect(202)
    expect((await server.mailed()).subject).toMatch(/^Velg et nytt passord/)
  })

  test('a mail that is not taken is logged, without the address', async () => {
    const server = await startMailServer()
    const logLines: string[] = []
    const app = await startApp({ logLines, settings: server.settings })
    await memberToken(app)
    server.behaviours.push({ toRecipient: 550 })
    await forgot(app, memberAccount.email).expect(202)
    await eventually(() => expect(logLines.join('')).toContain('a mail was not taken'))
    expect(logLines.join('')).not.toContain(memberAccount.email)
  })

  test('without a mail server the words lead to the command line', async () => {
    const app = await startApp()
    await withOwner(app)
    const { body } = await forgot(app, memberAccount.email).expect(404)
    expect(body).toMatchObject({
      errors: [{ code: 'NOT_FOUND', detail: expect.stringContaining('npm run owner') }],
    })
  })
})
