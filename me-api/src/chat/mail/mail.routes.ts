import type { Request } from 'express'
import { MailChange, MailSetting } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { type Route, route } from '../../http/route.ts'
import type { OwnerMails } from './owner-mails.ts'

/** Null where the site sends no mail. */
type Parts = { mails: OwnerMails | null; originOf: (req: Request) => string }

/** REST routes of the mails to the owner. */
export function mailRoutes({ mails, originOf }: Parts): Route[] {
  /** @throws {Refusal} NOT_FOUND */
  function requireOn(): OwnerMails {
    if (!mails) throw new Refusal('NOT_FOUND', 'This site sends no mail: SMTP_URL is not set.')
    return mails
  }

  return [
    route({
      method: 'get',
      path: '/me/mail',
      who: 'owner',
      summary: 'Get whether you are told by mail while away; 404 where the site sends no mail',
      answer: MailSetting,
      handle: () => requireOn().setting(),
    }),
    route({
      method: 'patch',
      path: '/me/mail',
      who: 'owner',
      summary: 'Switch mails on or off, or choose their language',
      body: MailChange,
      answer: MailSetting,
      handle: ({ body, req }) => requireOn().change(body, originOf(req)),
    }),
    route({
      method: 'post',
      path: '/me/mail/test',
      who: 'owner',
      summary: 'Send a test mail to yourself',
      handle: ({ req }) => requireOn().test(originOf(req)),
    }),
  ]
}
