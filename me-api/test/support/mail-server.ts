import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { ownCertificate } from './push-service.ts'
import { closeAfterTest } from './start-app.ts'
import { eventually } from './visitors.ts'

/**
 * What the mail server does with the next mail: takes it, answers with a code to the recipient or to the whole message,
 * closes the connection in the middle of the message, after it without an answer, or never says anything.
 */
export type Behaviour =
  | 'take'
  | { toRecipient: number }
  | { toMessage: number }
  | 'close'
  | 'take and close'
  | 'hang'
  | 'never greet'

const refusal = (code: number) => Object.assign(new Error('not this one'), { responseCode: code })

/** A mail server (RFC 5321) that keeps what it takes, and behaves as a test wants. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: (Email & { to: string; raw: string })[] = []
  /** How each mail is dealt with, in their order; those beyond are taken. */
  const behaviours: Behaviour[] = []
  let [connections, asked] = [0, 0]
  const held: (() => void)[] = []

  const server = new SMTPServer({
    authOptional: true,
    ...(await ownCertificate()),
    ...options,
    onConnect(_session, callback) {
      connections++
      if (behaviours[0] === 'never greet') {
        behaviours.shift()
        held.push(callback)
      } else callback()
    },
    onRcptTo(_address, _session, callback) {
      asked++
      const behaviour = behaviours[0]
      if (typeof behaviour === 'object' && 'toRecipient' in behaviour) {
        behaviours.shift()
        callback(refusal(behaviour.toRecipient))
      } else callback()
    },
    onData(stream, session, callback) {
      const behaviour = behaviours.shift() ?? 'take'
      const hangUp = () => server.connections.forEach(({ _socket }) => _socket.destroy())
      if (behaviour === 'close') return hangUp()
      void buffer(stream).then(async (bytes) => {
        if (behaviour === 'hang') return void held.push(callback)
        if (typeof behaviour === 'object' && 'toMessage' in behaviour)
          return callback(refusal(behaviour.toMessage))
        const [recipient] = session.envelope.rcptTo
        const mail = await PostalMime.parse(bytes)
        mails.push(Object.assign(mail, { to: recipient?.address ?? '', raw: bytes.toString() }))
        if (behaviour === 'take and close') hangUp()
        else callback()
      })
    },
  })
  // A client that goes away is no fault of the server.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  const close = async () => {
    server.connections.forEach(({ _socket }) => _socket.destroy())
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  closeAfterTest(close)
  const { port } = server.server.address() as AddressInfo

  return {
    port,
    settings: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'house@example.org' },
    mails,
    behaviours,
    /** How many connections came, and how many mails were offered, taken or not. */
    counts: () => ({ connections, asked }),
    close,
    /** Resolves once that many mails came, with the last; `wait` is called before each look. */
    mailed: (count = 1, wait = () => {}) =>
      eventually(() => {
        if (mails.length < count) wait()
        expect(mails.length).toBeGreaterThanOrEqual(count)
        return mails.at(-1)!
      }, 30_000),
  }
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>

/** The header of a mail, as it was sent, folded lines in one. */
export const header = ({ raw }: { raw: string }, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(raw.split('\r\n\r\n')[0]!.replace(/\r\n[ \t]+/g, ' '))?.[1] ?? ''

/** The path of the link in a mail's text that begins with this path. */
export const pathIn = ({ text = '' }: Pick<Email, 'text'>, begin: string): string =>
  new RegExp(`https?://[^/\\s]+(${begin}[^\\s]*)`).exec(text)?.[1] ?? ''
