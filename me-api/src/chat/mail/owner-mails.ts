import type { Clock } from '../../clock.ts'
import { type Language, type MailChange, type MailSetting, siteLanguageOf } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Mail, MailOutcome } from '../../mail/mailer.ts'
import type { Noticed } from '../push/read-noticed.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { Recipient } from './deliver-mails.ts'
import { ANSWERABLE_FOR, type MailLinks } from './mail-links.ts'
import type { MailSettings, MailStore } from './mail.store.ts'
import { type Told, ownerMail, testMail } from './owner-mail.ts'

type Parts = {
  store: Pick<MailStore, 'settings' | 'save' | 'switchOff' | 'sessionResets'>
  links: MailLinks
  owner: () => Promise<Recipient | null>
  send: (mail: Mail) => Promise<MailOutcome>
  limitTests: Limiter
  siteName: () => Promise<string | null>
  /** The language where the owner has chosen none, a BCP 47 tag. */
  siteLanguage: string
  siteUrl: string | undefined
  /** The site's own address, for links where nothing better is known. */
  ownAddress: () => string
  clock: Clock
}

/** The mails to the owner: whether and how they are sent, and what they say. */
export function createOwnerMails(parts: Parts) {
  const { store, links, owner, send, limitTests, siteName, siteLanguage, siteUrl, ownAddress, clock } = parts

  const languageOf = ({ language }: MailSettings): Language => siteLanguageOf(language ?? siteLanguage)

  async function placeOf(to: Recipient, settings: MailSettings) {
    // Never from the request of somebody else, whose `Host` may be any.
    const origin = siteUrl ?? settings.origin ?? ownAddress()
    return {
      language: languageOf(settings),
      siteName: (await siteName()) ?? new URL(origin).host,
      origin,
      offUrl: `${origin}/unsubscribe/${links.offToken(to.id)}`,
    }
  }

  /** @throws {Refusal} NOT_FOUND */
  async function requireOwner(): Promise<Recipient> {
    const to = await owner()
    if (!to) throw new Refusal('NOT_FOUND', 'There is no owner.')
    return to
  }

  async function setting(): Promise<MailSetting> {
    const { id, email } = await requireOwner()
    const settings = await store.settings(id)
    return { on: settings.is_on === 1, address: email, language: languageOf(settings) }
  }

  return {
    setting,

    /** Changes the owner's setting. `origin` is the site's, as the owner's browser knows it. */
    async change({ on, language }: MailChange, origin: string): Promise<MailSetting> {
      const { id } = await requireOwner()
      await store.save(id, {
        origin,
        ...(on !== undefined && { is_on: Number(on) }),
        ...(language && { language }),
      })
      if (on === false) await store.switchOff(id)
      return setting()
    },

    /** Sends a test. @throws {Refusal} RATE_LIMITED, UNAVAILABLE where the mail server does not take it */
    async test(origin: string): Promise<void> {
      const to = await requireOwner()
      limitTests(to.id)
      await store.save(to.id, { origin })
      const mail = testMail(await placeOf(to, await store.settings(to.id)))
      const outcome = await send({ to: to.email, ...mail })
      if (outcome.kind !== 'sent')
        throw new Refusal('UNAVAILABLE', `The mail server did not take it: ${outcome.reason}`, {
          retryAfter: 60,
        })
    },

    /** Writes the mail that tells of messages. */
    async write(to: Recipient, told: Told[], settings: MailSettings, hasMore: boolean): Promise<Mail> {
      const place = await placeOf(to, settings)
      const resets = await store.sessionResets(to.id)
      const expiresAt = clock.now() + ANSWERABLE_FOR
      const answerUrl = (messages: Noticed[]): string => {
        const seqs = messages.map(({ seq }) => seq)
        const link = { room: messages[0]!.room, from: Math.min(...seqs), to: Math.max(...seqs), expiresAt }
        return `${place.origin}/answer/${links.answerToken(link, to.id, resets)}`
      }
      return { to: to.email, ...ownerMail(told, { ...place, answerUrl, hasMore }) }
    },

    /** Whether mails of the link's user are off. @throws {Refusal} NOT_FOUND where nobody was sent this link */
    async isOff(token: string): Promise<boolean> {
      return (await store.settings(await userOf(token))).is_on === 0
    },

    /** Switches the mails of the link's user off, once and for good until they are switched on. @throws {Refusal} NOT_FOUND */
    async switchOff(token: string): Promise<void> {
      await store.switchOff(await userOf(token))
    },
  }

  /** An account that is no owner's any more gets no mails anyway. */
  async function userOf(token: string): Promise<string> {
    const id = links.readOff(token)
    if (id === null || (await owner())?.id !== id) throw new Refusal('NOT_FOUND', 'That link is not valid.')
    return id
  }
}

export type OwnerMails = ReturnType<typeof createOwnerMails>
