import { type Clock, doneWithin } from '../../clock.ts'
import type { Language, Person } from '../../contract/index.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Attendance } from './attendance.ts'
import { payloadOf } from './push-payload.ts'
import type { PendingPush, PushStore } from './push.store.ts'
import { REPORTS, isOfMessage } from './reasons.ts'
import type { SendPush } from './send-push.ts'

/**
 * How many pushes are under way at once: to browsers that the last push reached, and to all others, so that push services
 * that do not answer hold up nobody else.
 */
const LANES = [
  { isProven: true, max: 8 },
  { isProven: false, max: 4 },
] as const
/** Milliseconds between two looks at what waits. */
const EVERY = 1_000
/** Milliseconds after which it is asked again whether somebody is away. */
const ASK_AGAIN = 5_000
/**
 * Milliseconds a push waits for its person to be away. Whoever has not become so since has used a tab after the message
 * came: one is away after two minutes without use.
 */
export const AWAY_WAIT = 150_000
/** Milliseconds after which something is no longer news. */
export const NEWS_MAX = 24 * 3_600_000
/** Milliseconds for which nothing is sent to a browser whose push service has failed. */
const FAILURE_PAUSE = 60_000
/** Milliseconds that pushes under way may hold up a stop. */
const STOP_MAX = 1_000

type Parts = {
  store: PushStore
  send: SendPush
  attendance: Pick<Attendance, 'isAway'>
  mayRead: ReadRule
  /** Whether a person is banned. */
  isBanned: (personId: string) => boolean
  /** Whether somebody has read a message of a conversation. */
  hasRead: (by: Pick<Person, 'role'>, room: string, seq: number) => Promise<boolean>
  /** Milliseconds until a browser may be told again; 0: now. Counts it. */
  pace: (subscriptionId: number) => number
  subject: () => Promise<string | null>
  siteUrl: string | undefined
  clock: Clock
  warn: (reason: string) => void
  onFault: (error: unknown) => void
}

/**
 * Sends what waits, each at most once: it is taken out of the database before it is sent. Shortly before, it is looked up
 * whether it still holds.
 */
export function createDelivery(parts: Parts) {
  const { store, send, attendance, mayRead, isBanned, hasRead, pace, subject, siteUrl, clock } = parts
  const { warn, onFault } = parts
  const underWay = new Map<number, Promise<void>>()
  let cancel = () => {}
  let hasEnded = false

  /** Starts as many pushes as there is room for. */
  async function pump(): Promise<void> {
    for (const { isProven, max } of LANES) {
      const busy = [...underWay.keys()]
      const room = max - (isProven ? busy.length - unproven.size : unproven.size)
      if (room <= 0) continue
      const due = await store.due(clock.now(), isProven, max + busy.length)
      for (const pending of due.filter(({ subscription_id: id }) => !underWay.has(id)).slice(0, room))
        start(pending, isProven)
    }
  }
  const unproven = new Set<number>()

  /** Of what waits for one browser, one thing at a time is under way. */
  function start(pending: PendingPush, isProven: boolean): void {
    const id = pending.subscription_id
    if (hasEnded || underWay.has(id)) return
    if (!isProven) unproven.add(id)
    const work = deliver(pending)
      .catch((error: unknown) => void (hasEnded || onFault(error)))
      .finally(() => {
        underWay.delete(id)
        unproven.delete(id)
      })
    underWay.set(id, work)
  }

  async function deliver(pending: PendingPush): Promise<void> {
    const { subscription, conversation, reason, made_at } = pending
    const now = clock.now()
    const message = pending.message_id === null ? null : await store.message(pending.message_id)
    if (!(await stillHolds(pending, message))) return void (await store.take(pending))
    if (isOfMessage(reason) && !attendance.isAway(subscription.person_id)) {
      if (now - made_at > AWAY_WAIT) await store.take(pending)
      else await store.postpone(pending, now + ASK_AGAIN)
      return
    }
    const sender = await subject()
    if (!sender) return void (await store.take(pending))
    const wait = !isOfMessage(reason) ? 0 : pace(subscription.id)
    if (wait > 0) return store.postpone(pending, now + wait)
    if (!(await store.take(pending))) return
    const payload = payloadOf({
      language: subscription.language as Language,
      origin: siteUrl ?? subscription.origin,
      ...{ conversation, reason, message, now },
    })
    const isUrgent = reason !== 'said'
    await note(pending, await send(subscription, { payload, conversation, isUrgent }, sender))
  }

  /** Looks up whether a push still says what is so, and its person may still know it. */
  async function stillHolds(
    { subscription, conversation, reason, made_at }: PendingPush,
    message: Awaited<ReturnType<PushStore['message']>>,
  ): Promise<boolean> {
    const { person_id: id, session_id } = subscription
    const now = clock.now()
    if (now - made_at > NEWS_MAX || isBanned(id)) return false
    if (session_id !== null && !(await store.hasSession(session_id, now))) return false
    if (!isOfMessage(reason)) return true
    if (!message) return false
    if (conversation === REPORTS) return store.hasOpenReport(message.id)
    const by = { id, role: await store.roleOf(id) }
    if (!mayRead(by, message.room)) return false
    return !(await hasRead(by, message.room, message.seq))
  }

  async function note(pending: PendingPush, outcome: Awaited<ReturnType<SendPush>>): Promise<void> {
    const { id, is_proven } = pending.subscription
    if (hasEnded) return
    if (outcome.kind === 'sent') {
      if (!is_proven) await store.noteAttempt(id, true, 0)
    } else if (outcome.kind === 'ended') await store.remove(id)
    else if (outcome.kind === 'later') {
      await store.noteAttempt(id, is_proven === 1, clock.now() + outcome.wait)
      await store.putBack(pending)
    } else {
      warn(outcome.reason)
      await store.noteAttempt(id, false, clock.now() + FAILURE_PAUSE)
    }
  }

  function schedule(): void {
    cancel = clock.after(EVERY, () =>
      pump()
        .catch(onFault)
        .finally(() => hasEnded || schedule()),
    )
  }

  return {
    start: schedule,

    /** Starts no more pushes, and waits briefly for those under way. */
    async close(): Promise<void> {
      cancel()
      await doneWithin(STOP_MAX, Promise.all(underWay.values()))
      hasEnded = true
    },
  }
}
