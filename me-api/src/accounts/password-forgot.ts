import type { Clock } from '../clock.ts'
import { createSerialQueue } from '../chat/serial-queue.ts'
import { type CounterOptions, createCounters } from '../chat/rate-limits/counters.ts'
import type { Language } from '../contract/index.ts'
import { hashToken } from '../hash-token.ts'
import type { Mail, MailOutcome } from '../mail/mailer.ts'
import type { AccountsStore } from './accounts.store.ts'
import { forgottenMail } from './forgotten-mail.ts'
import { makeOneTimeLink } from './one-time-links.ts'

/** Mails to one address. */
const MAILS = { count: 3, seconds: 3_600 }
/** Requests that wait while the mail server is slow; of more, nothing comes. */
const WAITING_MAX = 100

type Parts = {
  store: Pick<AccountsStore, 'byEmail' | 'holding'>
  send: (mail: Mail) => Promise<MailOutcome>
  siteName: () => Promise<string | null>
  siteUrl: string | undefined
  ownAddress: () => string
  clock: Clock
  share: CounterOptions['share']
  warn: (reason: string) => void
  onFault: (error: unknown) => void
}

/** Mails a link to whoever has forgotten the password. */
export function createPasswordForgot(parts: Parts) {
  const { store, send, siteName, siteUrl, ownAddress, clock, share, warn, onFault } = parts
  const mailed = createCounters(MAILS, share ? { share } : {})
  const inTurn = createSerialQueue()
  let waiting = 0

  async function mail(email: string, language: Language): Promise<void> {
    const user = await store.byEmail(email)
    if (!user) return
    // Not that of the request: a stranger can send any `Host`, and the link would lead there.
    const origin = siteUrl ?? ownAddress()
    const { link, row } = makeOneTimeLink('forgotten', { origin, userId: user.id, now: clock.now() })
    const isMade = await store.holding({ userId: user.id }, async ({ links }) => {
      await links.add(row)
      return true
    })
    if (!isMade) return
    const site = (await siteName()) ?? new URL(origin).host
    const outcome = await send({ to: user.email, ...forgottenMail(link.url, site, language) })
    if (outcome.kind !== 'sent') warn(outcome.reason)
  }

  /**
   * Mails a link to the account that has this e-mail, if there is one and it was not sent several lately. It returns at once
   * and tells nothing, so that nobody learns who has an account here.
   */
  return function forgot(email: string, language: Language): void {
    if (waiting >= WAITING_MAX) return warn('too many wait for the mail server')
    if (mailed.take(hashToken(email)) > 0) return
    waiting++
    void inTurn(() => mail(email, language))
      .catch(onFault)
      .finally(() => waiting--)
  }
}

export type PasswordForgot = ReturnType<typeof createPasswordForgot>
