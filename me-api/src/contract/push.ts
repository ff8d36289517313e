import { z } from 'zod'
import { ReaderLanguage } from './languages.ts'

/** The public key that browsers subscribe with (VAPID, RFC 8292). */
export const PushKey = z
  .object({ publicKey: z.string().describe('an uncompressed point of P-256, base64url') })
  .meta({ id: 'PushKey' })
export type PushKey = z.infer<typeof PushKey>

const base64url = (bytes: number, detail: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+={0,2}$/, 'must be base64url')
    .transform((text) => text.replace(/={1,2}$/, ''))
    .refine((text) => text.length === Math.ceil((bytes * 4) / 3), `must be ${bytes} bytes`)
    .meta({ description: detail })

/** What `PushSubscription.toJSON()` gives (W3C Push API); other fields are left out. */
const PushSubscription = z.object({
  endpoint: z.string().max(2_000).describe('an https address of the push service'),
  keys: z.object({
    p256dh: base64url(65, "the browser's public key, an uncompressed point of P-256"),
    auth: base64url(16, "the browser's secret"),
  }),
})
export type PushSubscription = z.infer<typeof PushSubscription>

export const PushRequest = z.object({
  subscription: PushSubscription,
  language: ReaderLanguage.describe('of the notices: sv, nb or en'),
})
export type PushRequest = z.infer<typeof PushRequest>

export const PushEnd = z.object({ endpoint: z.string().max(2_000) })

/**
 * What a push holds: a declarative web push (WebKit's "Declarative Web Push"), which browsers that know it show by
 * themselves, and the service worker otherwise.
 */
export type PushPayload = {
  web_push: 8030
  notification: {
    title: string
    body: string
    lang: string
    dir: 'auto'
    /** Notices of one conversation have the same tag: the next one replaces the one before. */
    tag: string
    /** The address of the very message. */
    navigate: string
    timestamp: number
    renotify: true
    data: PushedMessage | null
  }
}

/** The message that a notice is about, where it can be answered. */
export type PushedMessage = { room: string; id: string; answer: string; send: string; failed: string }
