import { DEVICE_KNOWN } from '../accounts/accounts.ts'
import { SESSION_IDLE, SESSION_MAX } from '../accounts/sessions.ts'
import { ADDRESS_KEPT } from '../chat/moderation/last-addresses.ts'
import { VISITOR_KNOWN } from '../chat/messages/form-messages.ts'
import type { Config } from '../config.ts'
import { Privacy, REPORTED_KEPT_DAYS } from '../contract/index.ts'
import { type Route, route } from '../http/route.ts'

const DAY = 24 * 3_600_000

/** REST route of the privacy page. */
export function privacyRoutes(config: Config): Route[] {
  return [
    route({
      method: 'get',
      path: '/privacy',
      who: 'all',
      summary: 'Get what the site stores about visitors, and for how long',
      answer: Privacy,
      handle: () => privacyOf(config),
    }),
  ]
}

/** Returns the current settings, and how long this version keeps which data. */
export const privacyOf = ({ CHAT_RETENTION_DAYS, TRUST_PROXY, REGISTRATION, SMTP_URL }: Config): Privacy => ({
  messagesKept: CHAT_RETENTION_DAYS || null,
  sessionUnused: SESSION_IDLE / DAY,
  sessionAtMost: SESSION_MAX / DAY,
  browserKnown: DEVICE_KNOWN / DAY,
  visitorKnown: VISITOR_KNOWN / DAY,
  addressesHashed: ADDRESS_KEPT / DAY,
  reportedKept: REPORTED_KEPT_DAYS,
  proxies: TRUST_PROXY,
  mail: SMTP_URL !== undefined,
  registration: REGISTRATION,
})
