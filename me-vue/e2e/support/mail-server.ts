import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

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

/** The path of the link in a mail that begins with this path. */
export const pathIn = ({ text = '' }: Pick<Email, 'text'>, begin: string): string =>
  new RegExp(`https?://[^/\\s]+(${begin}[^\\s]*)`).exec(text)?.[1] ?? ''
