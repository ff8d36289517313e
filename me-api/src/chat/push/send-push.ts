import { createHash } from 'node:crypto'
import webPush from 'web-push'
import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import type { PushKeys } from './push-keys.ts'
import type { Subscription } from './push.store.ts'

/** Seconds for which a push service keeps what it cannot deliver yet. */
const KEPT_SECONDS = 24 * 3_600
/** Milliseconds that a push service may ask to wait, and what it gets where it names no time. */
const WAIT_MAX = 3_600_000
const WAIT = 60_000

export type Push = { payload: string; conversation: string; isUrgent: boolean }

/**
 * What became of a push. `ended`: the browser is no longer subscribed. `later`: it was not taken, and may be tried again
 * after `wait` milliseconds. `failed`: nobody knows whether it was taken.
 */
export type PushOutcome =
  { kind: 'sent' } | { kind: 'ended' } | { kind: 'later'; wait: number } | { kind: 'failed'; reason: string }

type Parts = { outbound: Pick<Outbound, 'post'>; keys: PushKeys }

/** Encrypts a push (RFC 8291), signs it (RFC 8292) and gives it to the browser's push service (RFC 8030). */
export function createSendPush({ outbound, keys }: Parts) {
  return async function sendPush(
    { endpoint, p256dh, auth }: Subscription,
    { payload, conversation, isUrgent }: Push,
    subject: string,
  ): Promise<PushOutcome> {
    try {
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        payload,
        {
          vapidDetails: { subject, ...keys },
          TTL: KEPT_SECONDS,
          // What the push service still has of the conversation is replaced (RFC 8030 §5.4).
          topic: createHash('sha256').update(conversation).digest('base64url').slice(0, 32),
          urgency: isUrgent ? 'high' : 'normal',
        },
      )
      const answer = await outbound.post(endpoint, {
        headers: headers as Record<string, string>,
        body: body ?? '',
      })
      return outcomeOf(answer)
    } catch (error) {
      if (error instanceof OutboundError) return { kind: 'failed', reason: error.message }
      throw error
    }
  }
}

export type SendPush = ReturnType<typeof createSendPush>

function outcomeOf({ status, retryAfter }: { status: number; retryAfter: number | null }): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  if (status === 404 || status === 410) return { kind: 'ended' }
  if (status === 429 || (status === 503 && retryAfter !== null))
    return { kind: 'later', wait: Math.min(Math.max(retryAfter ?? WAIT, 1_000), WAIT_MAX) }
  return { kind: 'failed', reason: `the push service answered ${status}` }
}
