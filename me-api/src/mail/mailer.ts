import { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import { doneWithin } from '../clock.ts'
import { headerText } from './header-text.ts'
import type { MailServer, Sender } from './mail-settings.ts'

/** Milliseconds for one step of a delivery, and for all of it. */
const STEP_MAX = 10_000
const ALL_MAX = 30_000
/** Milliseconds that deliveries under way may hold up a stop. */
const STOP_MAX = 1_000
/** The longest subject and name, in UTF-16 units. */
const SUBJECT_MAX = 150
const NAME_MAX = 60

export type Mail = {
  to: string
  subject: string
  text: string
  html: string
  headers?: Record<string, string>
}

/**
 * What became of a mail. `later`: the server has not got it, or has asked to try again. `failed`: it has refused it for
 * good, or nobody knows whether it took it.
 */
export type MailOutcome = { kind: 'sent' } | { kind: 'later' | 'failed'; reason: string }

type Parts = {
  server: MailServer
  from: Sender
  siteName: () => Promise<string | null>
}

/** Gives mails to the mail server (RFC 5321), each over a connection of its own. */
export function createMailer({ server, from, siteName }: Parts) {
  const { host, port, isSecure, isNear, auth } = server
  const stopping = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    // A password goes nowhere unencrypted but to this machine or its neighbour.
    requireTLS: auth !== null && !isNear,
    tls: { rejectUnauthorized: !isNear },
    ...(auth && { auth }),
    dnsTimeout: STEP_MAX,
    connectionTimeout: STEP_MAX,
    greetingTimeout: STEP_MAX,
    socketTimeout: STEP_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  async function deliver({ to, subject, text, html, headers = {} }: Mail): Promise<MailOutcome> {
    const name = headerText(from.name || ((await siteName()) ?? ''), NAME_MAX)
    const message = await new MailComposer({
      from: { name, address: from.address },
      to: { name: '', address: to },
      subject: headerText(subject, SUBJECT_MAX),
      text,
      html,
      // RFC 3834: no vacation notice answers.
      headers: { 'Auto-Submitted': 'auto-generated', ...headers },
      disableFileAccess: true,
      disableUrlAccess: true,
    })
      .compile()
      .build()
    let isBegun = false
    const raw = new Readable({
      read() {
        isBegun = true
        this.push(message)
        this.push(null)
      },
    })
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(ALL_MAX)])
      await transport.sendMail({ envelope: { from: from.address, to }, raw, signal })
      return { kind: 'sent' }
    } catch (error) {
      const { responseCode = 0, message } = error as Error & { responseCode?: number }
      // Servers repeat the address, which belongs into no log.
      const reason = message.replaceAll(to, '…')
      const isRefusedForNow = responseCode >= 400 && responseCode < 500
      return { kind: isBegun && !isRefusedForNow ? 'failed' : 'later', reason }
    }
  }

  return {
    /** Sends a mail. It does not throw where the server cannot be reached or refuses it. */
    async send(mail: Mail): Promise<MailOutcome> {
      const work = deliver(mail)
      underWay.add(work)
      return work.finally(() => underWay.delete(work))
    },

    /** Waits briefly for mails under way, and gives up the rest. */
    async close(): Promise<void> {
      await doneWithin(STOP_MAX, Promise.allSettled(underWay))
      stopping.abort()
    },
  }
}

export type Mailer = ReturnType<typeof createMailer>
