import type { Logger } from 'pino'
import type { Owner } from '../../accounts/owner.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import type { Database } from '../../db/tables.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { SiteHost } from '../../http/site-host.ts'
import type { Mailer } from '../../mail/mailer.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import type { Conversations } from '../conversations/conversations.ts'
import type { MessageRules } from '../messages/messages.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import type { Attendance } from '../push/attendance.ts'
import { REPORTS } from '../push/reasons.ts'
import { createLimiter } from '../rate-limits/rate-limiter.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { createAnswers } from './answers.ts'
import { createMailDelivery } from './deliver-mails.ts'
import { createMailLinks } from './mail-links.ts'
import { mailRoutes } from './mail.routes.ts'
import { createMailStore } from './mail.store.ts'
import { createOwnerMails } from './owner-mails.ts'

/** How often the owner may send a test, and answer from mails. */
const TESTS = { count: 5, seconds: 600 }
const ANSWERS = { count: 60, seconds: 3_600 }

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  secrets: string[]
  owner: Owner
  tallies: Tallies
  siteHost: SiteHost
  /** Null where the site sends no mail. */
  mailer: Mailer | null
  siteName: () => Promise<string | null>
  ownAddress: () => string
  attendance: Pick<Attendance, 'isAway'>
  mayRead: ReadRule
  rooms: Pick<Rooms, 'open'>
  reads: Pick<MessageReads, 'history'>
  rules: Pick<MessageRules, 'send'>
  conversations: Pick<Conversations, 'hasRead'>
}

/** Assembles the mails to the owner: what waits, the sending, and what the links in them open. */
export function startMail(parts: Parts) {
  const { config, db, clock, log, logFault, secrets, owner, tallies, mailer, rooms, reads, rules } = parts
  const { originOf } = parts.siteHost
  if (!mailer)
    return {
      routes: mailRoutes({ mails: null, originOf }),
      forDocuments: null,
      noteReport: async () => {},
      close: () => {},
    }

  const store = createMailStore(db)
  const links = createMailLinks(secrets)
  const mails = createOwnerMails({
    store,
    links,
    owner: owner.contact,
    send: mailer.send,
    limitTests: createLimiter(TESTS, 'Those were many tests.', {
      name: 'mail tests',
      share: tallies.of('mail tests'),
    }),
    siteName: parts.siteName,
    siteLanguage: config.SITE_LANGUAGE,
    siteUrl: config.SITE_URL,
    ownAddress: parts.ownAddress,
    clock,
  })
  const answers = createAnswers({
    links,
    store,
    owner: owner.contact,
    rooms,
    reads,
    rules,
    limit: createLimiter(ANSWERS, 'Those were many answers from mails.', {
      name: 'answers from mails',
      share: tallies.of('answers from mails'),
    }),
    secret: secrets[0] ?? '',
    clock,
  })
  const delivery = createMailDelivery({
    store,
    owner: owner.contact,
    attendance: parts.attendance,
    mayRead: parts.mayRead,
    hasRead: parts.conversations.hasRead,
    write: mails.write,
    send: mailer.send,
    clock,
    warn: (reason) => log.warn({ reason }, 'a mail was not taken'),
    onFault: (error) => logFault(log, error, 'a mail could not be sent'),
  })
  delivery.start()

  return {
    routes: mailRoutes({ mails, originOf }),
    /** What the pages show that the links in mails open. */
    forDocuments: { answers, mails },

    /** Notes that the owner is to be told of a reported message. */
    async noteReport(messageId: string): Promise<void> {
      const to = await owner.contact()
      if (!to || (await store.settings(to.id)).is_on === 0) return
      const noted_at = clock.now()
      await store.put({
        user_id: to.id,
        conversation: REPORTS,
        message_id: messageId,
        reason: 'report',
        noted_at,
      })
    },

    close: delivery.close,
  }
}
