import { describe, expect, test } from '@jest/globals'
import { createMailer } from '../src/mail/mailer.ts'
import { type Behaviour, header, startMailServer } from './support/mail-server.ts'
import { startWithMail } from './support/mail.ts'
import { visitor } from './support/visitors.ts'

const mail = { to: 'ada@example.org', subject: 'a subject', text: 'a text', html: '<p>a text</p>' }

/** A mailer to a server on this machine. */
function mailerTo(
  port: number,
  more: { name?: string; isSecure?: boolean; auth?: { user: string; pass: string } } = {},
) {
  const { name = '', isSecure = false, auth = null } = more
  return createMailer({
    server: { host: '127.0.0.1', port, isSecure, isNear: true, auth },
    from: { name, address: 'house@example.org' },
    siteName: async () => 'The house',
  })
}

describe('what becomes of a mail', () => {
  const cases: [Behaviour, 'sent' | 'later' | 'failed'][] = [
    ['take', 'sent'],
    [{ toRecipient: 450 }, 'later'],
    [{ toRecipient: 550 }, 'failed'],
    [{ toMessage: 451 }, 'later'],
    [{ toMessage: 554 }, 'failed'],
    ['close', 'failed'],
    // Nobody knows whether it was taken, and a second one would be worse than none.
    ['take and close', 'failed'],
    ['hang', 'failed'],
    ['never greet', 'later'],
  ]
  test.each(cases)('%j: %s', async (behaviour, kind) => {
    const server = await startMailServer()
    server.behaviours.push(behaviour)
    expect(await mailerTo(server.port).send(mail)).toMatchObject({ kind })
    expect(await mailerTo(server.port).send(mail)).toEqual({ kind: 'sent' })
  })

  test('refused connections: later', async () => {
    const server = await startMailServer()
    await server.close()
    expect(await mailerTo(server.port).send(mail)).toMatchObject({ kind: 'later' })
  })

  test('over TLS from the beginning, and with a password', async () => {
    const users: string[] = []
    const server = await startMailServer({
      secure: true,
      authOptional: false,
      onAuth({ username = '', password }, _session, callback) {
        users.push(username)
        callback(password === 'pass:word' ? null : new Error('wrong'), { user: username })
      },
    })
    const auth = { user: 'ada', pass: 'pass:word' }
    expect(await mailerTo(server.port, { isSecure: true, auth }).send(mail)).toEqual({ kind: 'sent' })
    expect(users).toEqual(['ada'])
    const wrong = { user: 'ada', pass: 'guessed' }
    expect(await mailerTo(server.port, { isSecure: true, auth: wrong }).send(mail)).toMatchObject({
      kind: 'later',
    })
  })

  test('a stop gives up what hangs', async () => {
    const server = await startMailServer()
    server.behaviours.push('hang')
    const mailer = mailerTo(server.port)
    const sending = mailer.send(mail)
    await server.mailed(0)
    await mailer.close()
    expect(['failed', 'later']).toContain((await sending).kind)
  })
})

describe('headers', () => {
  test.each([
    ['line breaks', 'hello\r\nBcc: eve@example.org\n\nbody', 'hello Bcc: eve@example.org body'],
    ['a single carriage return', 'hello\rBcc: eve@example.org', 'hello Bcc: eve@example.org'],
    ['separators of lines', 'hello\u2028Bcc: eve@example.org\u0085more', 'hello Bcc: eve@example.org more'],
    ['what turns the direction', 'hello\u202egnp.exe\u2066x\u200f', 'hellognp.exex'],
    ['other letters', 'šäß 你好 🦊 שלום', 'šäß 你好 🦊 שלום'],
    ['a thousand letters', 'a'.repeat(1_000), `${'a'.repeat(150)}…`],
    ['letters with many marks', `e${'\u0301'.repeat(1_000)}`, expect.stringMatching(/^e\u0301{149}…$/)],
  ])('a subject with %s', async (_name, subject, shown) => {
    const server = await startMailServer()
    expect(await mailerTo(server.port).send({ ...mail, subject })).toEqual({ kind: 'sent' })
    const sent = await server.mailed()
    expect(sent.subject).toEqual(shown)
    expect(sent.bcc ?? []).toEqual([])
    expect(header(sent, 'Bcc')).toBe('')
    for (const line of sent.raw.split('\r\n')) expect(line.length).toBeLessThan(999)
  })

  test.each([
    ['', 'The house'],
    ['A "quoted", <odd>\r\nname', 'A "quoted", <odd> name'],
    ['x'.repeat(1_000), `${'x'.repeat(60)}…`],
  ])('a sender’s name %j', async (name, shown) => {
    const server = await startMailServer()
    await mailerTo(server.port, { name }).send(mail)
    expect((await server.mailed()).from).toEqual({ name: shown, address: 'house@example.org' })
  })
})

describe('what the mail server does not take', () => {
  test('for now comes later, once', async () => {
    const { app, server, pass } = await startWithMail()
    server.behaviours.push({ toRecipient: 421 }, { toMessage: 451 })
    const ada = await visitor(app, 'ada')
    await ada.send('patience')
    await pass(4)
    const { text } = await server.mailed()
    expect(text).toContain('patience')
    expect(server.counts().asked).toBe(3)
    await pass(70)
    expect(server.mails).toHaveLength(1)
  })

  test.each<Behaviour>([{ toRecipient: 550 }, 'take and close'])(
    'for good does not come again: %j',
    async (one) => {
      const { app, server, pass } = await startWithMail()
      server.behaviours.push(one)
      const ada = await visitor(app, 'ada')
      await ada.send('lost')
      await pass(80)
      expect(server.counts().asked).toBe(1)
      const before = server.mails.length
      await ada.send('the next')
      const { text } = await server.mailed(before + 1)
      expect(text).toContain('the next')
      expect(server.counts().asked).toBe(2)
    },
  )
})
