import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, doneWithin } from '../../clock.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { AttemptDelivery } from './attempt-delivery.ts'
import type { DeliveriesStore } from './deliveries.store.ts'

/** Milliseconds between two looks at what waits. */
const EVERY = 1_000
/** Milliseconds after something was put, within which it is committed as a rule. */
const SOON = 50
/**
 * Milliseconds after which this node lets another one have its turn, where it never runs out of work. It is then that it
 * would notice that it has lost the lock, as by a fail-over.
 */
const ROUND_MAX = 60_000
/** Milliseconds that requests under way may hold up a stop. */
const STOP_MAX = 1_000

type Parts = {
  store: Pick<DeliveriesStore, 'waiting' | 'next'>
  attempt: AttemptDelivery
  oneAtATime: OneAtATime
  clock: Clock
  onFault: (error: unknown) => void
}

/**
 * Tells each webhook what waits for it, one thing after the other; a webhook that does not answer holds up no other. One
 * node at a time does it.
 */
export function createWebhookDelivery({ store, attempt, oneAtATime, clock, onFault }: Parts) {
  /** The webhooks that are being told something. */
  const lanes = new Map<string, Promise<void>>()
  let [isStopping, hasEnded] = [false, false]
  let [isRunning, isWoken] = [false, false]
  /** Whether the database has failed in this round: the next one tries again. */
  let hasFailed = false
  let cancel = () => {}
  let cancelSoon: (() => void) | null = null
  let wakeUp = () => {}
  let end = () => {}

  /** Resolves after some time, or earlier when `wakeUp` is called. */
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = clock.after(EVERY, resolve)
      wakeUp = () => {
        stop()
        resolve()
      }
    })

  async function round(): Promise<void> {
    const until = clock.monotonic() + ROUND_MAX
    hasFailed = false
    const isOver = () => isStopping || hasFailed || clock.monotonic() >= until
    do {
      for (const id of await due()) startLane(id, isOver)
      if (lanes.size > 0) await Promise.race([...lanes.values(), pause()])
      wakeUp()
    } while (lanes.size > 0 && !isOver())
    await lanesDone()
  }

  /** Resolves when nothing is under way any more, or the server has stopped. */
  const lanesDone = (): Promise<void> =>
    new Promise((resolve) => {
      end = resolve
      if (hasEnded) resolve()
      void Promise.all(lanes.values()).then(() => resolve())
    })

  function startLane(id: string, isOver: () => boolean): void {
    const lane = work(id, isOver)
      .catch((error: unknown) => {
        hasFailed = true
        if (!hasEnded) onFault(error)
      })
      .finally(() => lanes.delete(id))
    lanes.set(id, lane)
  }

  async function work(id: string, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = await store.next(id, clock.now())
      if (!next) return
      await attempt(next, () => hasEnded)
      // What is skipped waits for nothing else.
      await nextTurn()
    }
  }

  /** Returns the webhooks that are to be told something now, and are not being told anything. */
  async function due(): Promise<string[]> {
    const found: string[] = []
    for (const id of await store.waiting())
      if (!lanes.has(id) && (await store.next(id, clock.now()))) found.push(id)
    return found
  }

  async function look(): Promise<void> {
    if (isRunning || isStopping) return
    isRunning = true
    isWoken = false
    try {
      // Without anything due it takes no lock.
      if ((await due()).length > 0) await oneAtATime('webhooks', round)
    } catch (error) {
      if (!hasEnded) onFault(error)
    } finally {
      isRunning = false
      schedule(isWoken ? SOON : EVERY)
    }
  }

  function schedule(wait: number): void {
    cancel()
    if (!isStopping) cancel = clock.after(wait, look)
  }

  return {
    start: (): void => schedule(0),

    /** Something was put, and will be committed soon. */
    wake(): void {
      if (isStopping) return
      cancelSoon ??= clock.after(SOON, () => {
        cancelSoon = null
        isWoken = true
        wakeUp()
        return look()
      })
    },

    /** Starts nothing more, and waits briefly for what is under way: what it comes to is not noted any later. */
    async close(): Promise<void> {
      isStopping = true
      cancel()
      cancelSoon?.()
      wakeUp()
      await doneWithin(STOP_MAX, Promise.all(lanes.values()))
      hasEnded = true
      end()
    },
  }
}

export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>
