import type { Failure } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

/** Milliseconds before an unanswered entry is sent again; doubles up to the second number. */
const RETRY = [1_000, 15_000] as const

/**
 * In each queue entries go in their order. Where one has to be sent again, those behind it wait, and then go one at
 * a time until one is through: else a later one might be taken while the first is refused once more.
 */
export function createRetryQueues(clock: Clock, onFree: () => void) {
  /** Queue → when it continues, in milliseconds since 1970. */
  const held = shallowRef<ReadonlyMap<string, number>>(new Map())
  const narrow = new Set<string>()
  const retryIn = new Map<string, number>()
  const timers = new Map<string, () => void>()

  function hold(queue: string, milliseconds: number): void {
    const until = Math.max(held.value.get(queue) ?? 0, clock.now() + milliseconds)
    held.value = new Map(held.value).set(queue, until)
    timers.get(queue)?.()
    timers.set(
      queue,
      clock.after(until - clock.now(), () => letGo(queue)),
    )
  }

  function letGo(queue: string): void {
    const next = new Map(held.value)
    next.delete(queue)
    held.value = next
    onFree()
  }

  /** It has to be sent again: when the server says so, else after a while that grows. */
  function putBack(queue: string, error: Failure | undefined): void {
    narrow.add(queue)
    const wait = retryIn.get(queue) ?? RETRY[0]
    if (error?.retryAfter !== undefined) return hold(queue, error.retryAfter * 1_000)
    retryIn.set(queue, Math.min(RETRY[1], wait * 2))
    hold(queue, wait)
  }

  function through(queue: string): void {
    narrow.delete(queue)
    retryIn.delete(queue)
  }

  function reset(): void {
    for (const stop of timers.values()) stop()
    for (const memory of [timers, narrow, retryIn]) memory.clear()
    held.value = new Map()
  }

  const isShut = (queue: string, underWay: number) =>
    held.value.has(queue) || (underWay > 0 && narrow.has(queue))

  return { held, hold, putBack, through, reset, isShut }
}
