import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { TestServer } from './test-server.ts'

/** A mail server on this machine that keeps what it gets. */
export async function startMailServer() {
  const mails: (Email & { to: string })[] = []
  const server = new SMTPServer({
    authOptional: true,
    // The built-in certificate is everybody's.
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, callback) {
      void buffer(stream).then(async (bytes) => {
        mails.push(Object.assign(await PostalMime.parse(bytes), { to: envelope.rcptTo[0]?.address ?? '' }))
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    settings: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'house@example.org' },
    mails,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>

/** Resolves with the first mail about what was said, as if two minutes had passed, in which is gathered. */
export async function firstMail(server: TestServer, { mails }: MailServer): Promise<Email> {
  while (mails.length === 0) {
    await pause(500)
    server.runSql('update pending_mails set noted_at = noted_at - 120000')
  }
  return mails[0]!
}

/** The path of the link in a mail that begins with this path. */
export const pathIn = ({ text = '' }: Pick<Email, 'text'>, begin: string): string =>
  new RegExp(`https?://[^/\\s]+(${begin}[^\\s]*)`).exec(text)?.[1] ?? ''
