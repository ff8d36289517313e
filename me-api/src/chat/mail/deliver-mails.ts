import type { Clock } from '../../clock.ts'
import type { Mail, MailOutcome } from '../../mail/mailer.ts'
import type { Attendance } from '../push/attendance.ts'
import { AWAY_WAIT, NEWS_MAX } from '../push/deliver-pushes.ts'
import { REPORTS } from '../push/reasons.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { MailSettings, MailStore, PendingMail, Waiting } from './mail.store.ts'
import type { Told } from './owner-mail.ts'

/** Milliseconds between two looks at what waits. */
const EVERY = 5_000
/** Milliseconds for which is gathered from the first message on, and between two mails. */
const GATHERED_FOR = 120_000
const MAIL_EVERY = 3_600_000
/** Milliseconds until what the mail server has not taken is tried again. */
const TRY_AGAIN = 300_000
/** The messages that one mail tells of. */
const MESSAGES_MAX = 50

export type Recipient = { id: string; email: string; nick: string }

type Parts = {
  store: MailStore
  owner: () => Promise<Recipient | null>
  attendance: Pick<Attendance, 'isAway'>
  mayRead: ReadRule
  /** Whether somebody has read a message of a conversation. */
  hasRead: (by: { role: 'owner' }, room: string, seq: number) => Promise<boolean>
  write: (to: Recipient, told: Told[], settings: MailSettings, hasMore: boolean) => Promise<Mail>
  send: (mail: Mail) => Promise<MailOutcome>
  clock: Clock
  warn: (reason: string) => void
  onFault: (error: unknown) => void
}

/**
 * Mails the owner what waits, each message at most once: it is taken out of the database before the mail is sent. Shortly
 * before, it is looked up whether it still holds. Whoever uses a tab after a message came has no need of a mail.
 */
export function createMailDelivery(parts: Parts) {
  const { store, owner, attendance, mayRead, hasRead, write, send, clock, warn, onFault } = parts
  let cancel = () => {}
  let hasEnded = false

  async function look(): Promise<void> {
    const to = await owner()
    const waiting = to && (await store.waiting(to.id, MESSAGES_MAX))
    if (!waiting) return
    const now = clock.now()
    if (!attendance.isAway(to.id)) return void (await store.forgetUntil(to.id, now - AWAY_WAIT))
    const settings = await store.settings(to.id)
    if (!isDue(waiting, settings, now)) return
    const told = await stillHolding(to, waiting.newest, now)
    if (told.length === 0) {
      await store.forget(waiting.newest)
      return waiting.hasMore ? look() : undefined
    }
    const mail = await write(to, told, settings, waiting.hasMore)
    if (hasEnded || !(await store.take(to.id, waiting, settings, now))) return
    const outcome = await send(mail)
    if (outcome.kind === 'sent') return
    warn(outcome.reason)
    if (outcome.kind === 'later')
      await store.putBack(to.id, waiting.newest, settings.sent_at, clock.now() + TRY_AGAIN)
  }

  /** Looks up what was neither deleted, settled nor read meanwhile, and is still news. */
  async function stillHolding({ id }: Recipient, rows: PendingMail[], now: number): Promise<Told[]> {
    const by = { id, role: 'owner' } as const
    const told: Told[] = []
    for (const { conversation, message_id, reason, noted_at } of rows) {
      const message = await store.message(message_id)
      if (!message || now - noted_at > NEWS_MAX) continue
      const isToTell =
        conversation === REPORTS
          ? await store.hasOpenReport(message_id)
          : mayRead(by, message.room) &&
            !(await hasRead(by, message.room, message.seq)) &&
            !(await store.hasWrittenAfter(id, message))
      if (isToTell) told.push({ conversation, reason, message })
    }
    return told
  }

  function schedule(): void {
    cancel = clock.after(EVERY, () =>
      look()
        .catch((error: unknown) => void (hasEnded || onFault(error)))
        .finally(() => hasEnded || schedule()),
    )
  }

  return {
    start: schedule,

    close(): void {
      hasEnded = true
      cancel()
    },
  }
}

/** Where the system's time was set back, what seems to lie ahead is over. */
function isDue({ first }: Waiting, { sent_at, wait_until }: MailSettings, now: number): boolean {
  const isOver = (since: number, ms: number) => since > now || now - since >= ms
  return (
    isOver(first, GATHERED_FOR) &&
    isOver(sent_at, MAIL_EVERY) &&
    (now >= wait_until || wait_until > now + TRY_AGAIN)
  )
}
