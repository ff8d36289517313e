import type { Clock } from '../../clock.ts'
import { cutText } from '../../contract/cut-text.ts'
import type { Language, WebhookOff } from '../../contract/index.ts'
import { storable } from '../../contract/text.ts'
import { isUnavailable } from '../../db/open-database.ts'
import { type Outbound, type OutboundAnswer, OutboundError } from '../../outbound/outbound.ts'
import type { Attempt, DeliveriesStore, Due } from './deliveries.store.ts'
import type { Made, MakePayload } from './make-payload.ts'
import { contentOf, signatureOf } from './make-request.ts'
import { isGivenUp, waitAfter } from './retry-schedule.ts'
import type { WebhooksStore } from './webhooks.store.ts'

/** UTF-16 units of an answer that the log keeps. */
const ANSWER_KEPT = 500
const USER_AGENT = 'me-webhooks'

type Parts = {
  store: Pick<DeliveriesStore, 'note' | 'skip' | 'skipUpTo' | 'endWait'>
  webhooks: Pick<WebhooksStore, 'succeeded' | 'failed'>
  switchOff: (webhookId: string, off: WebhookOff) => Promise<void>
  makePayload: MakePayload
  outbound: Pick<Outbound, 'post'>
  language: Language
  /** The site's own, where it is set; else that of the webhook. */
  siteUrl: string | undefined
  clock: Clock
  onFault: (error: unknown) => void
}

/** The answer, or why there is none, and what was told. */
type Outcome = { answer: OutboundAnswer | null; error: string | null; told: Made | null }

/** Tells a webhook one thing, and notes what came of it. */
export function createAttemptDelivery(parts: Parts) {
  const { store, webhooks, switchOff, makePayload, outbound, language, siteUrl, clock, onFault } = parts

  const originOf = ({ webhook }: Due): string => siteUrl ?? webhook.origin

  /** Returns null where nothing is left to tell. */
  async function tell(due: Due): Promise<Outcome | null> {
    const { id, webhook } = due
    const at = clock.now()
    const told = await makePayload(due, originOf(due))
    if (!told) return null
    const { headers, body } = contentOf(webhook.format, told.payload, language)
    const signature = signatureOf(webhook.secret, id, at, body)
    const answer = await outbound.post(webhook.url, {
      headers: { ...headers, ...signature, 'User-Agent': USER_AGENT },
      body,
    })
    return { answer, error: null, told }
  }

  /** What cannot be made or sent is a failure like any; without the database nothing is. */
  function outcomeOf(error: unknown): Outcome {
    if (isUnavailable(error)) throw error
    if (error instanceof OutboundError) return { answer: null, error: error.message, told: null }
    onFault(error)
    return { answer: null, error: 'The request could not be made.', told: null }
  }

  /**
   * Returns what the log keeps of an answer. It may repeat what was told: where that was edited or erased while the answer
   * was on its way, its body is not kept.
   */
  async function kept(due: Due, { answer, told }: Outcome): Promise<Attempt['answer']> {
    if (!answer) return null
    const now = await makePayload(due, originOf(due))
    const isStillSo = JSON.stringify(now?.payload) === JSON.stringify(told?.payload)
    return { status: answer.status, body: isStillSo ? cutText(storable(answer.body), ANSWER_KEPT) : null }
  }

  /** Waits for the next retry; after the last one what comes next has its turn. */
  async function failed(due: Due, outcome: Outcome): Promise<void> {
    const { answer, error } = outcome
    const at = clock.now()
    const isLast = due.is_single === 1
    const wait = isLast ? null : waitAfter(due.attempts + 1, answer?.retryAfter ?? null, Math.random())
    await store.note(due, {
      ...{ status: wait === null ? 'failed' : 'pending', at, wait: wait ?? 0, error },
      answer: await kept(due, outcome),
    })
    if (answer?.status === 410) return switchOff(due.webhook_id, 'gone')
    if (!isLast && isGivenUp(await webhooks.failed(due.webhook_id, at), at))
      await switchOff(due.webhook_id, 'failing')
  }

  async function delivered(due: Due, outcome: Outcome): Promise<void> {
    const rev = outcome.told?.rev ?? null
    await store.note(due, {
      ...{ status: 'delivered', at: clock.now(), wait: 0, error: null },
      answer: await kept(due, outcome),
    })
    if (rev !== null && /^message\.(sent|edited)$/.test(due.event)) await store.skipUpTo(due, rev)
    if (due.webhook.failures === 0) return
    await webhooks.succeeded(due.webhook_id)
    await store.endWait(due.webhook_id)
  }

  /**
   * What attempts came to that the database could not note, as on a full disk, by webhook: they are noted before anything
   * is sent again, so that nobody is told the same every second.
   */
  const unnoted = new Map<string, { due: Due; outcome: Outcome }>()

  function unnotedOf({ webhook_id, id, attempts }: Due): Outcome | undefined {
    const last = unnoted.get(webhook_id)
    return last?.due.id === id && last.due.attempts === attempts ? last.outcome : undefined
  }

  /** `hasEnded` says whether the server has stopped meanwhile; then nothing is noted any more, and it is sent again. */
  return async function attempt(due: Due, hasEnded: () => boolean): Promise<void> {
    const outcome = unnotedOf(due) ?? (await tell(due).catch(outcomeOf))
    if (hasEnded()) return
    if (!outcome) return store.skip(due)
    unnoted.set(due.webhook_id, { due, outcome })
    const { answer } = outcome
    if (answer && answer.status >= 200 && answer.status <= 299) await delivered(due, outcome)
    else await failed(due, outcome)
    unnoted.delete(due.webhook_id)
  }
}

export type AttemptDelivery = ReturnType<typeof createAttemptDelivery>
