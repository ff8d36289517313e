import type { Failure } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

/** Milliseconds before an unanswered errand is sent again; doubles up to the second number. */
const RETRY = [1_000, 15_000] as const

/**
 * In each lane errands go in their order. Where one has to be sent again, those behind it wait, and then go one at
 * a time until one is through: else a later one might be taken while the first is refused once more.
 */
export function createRetryQueues(clock: Clock, onFree: () => void) {
  /** Lane → when it goes on, in milliseconds since 1970. */
  const held = shallowRef<ReadonlyMap<string, number>>(new Map())
  const narrow = new Set<string>()
  const retryIn = new Map<string, number>()
  const timers = new Map<string, () => void>()

  function hold(lane: string, milliseconds: number): void {
    const until = Math.max(held.value.get(lane) ?? 0, clock.now() + milliseconds)
    held.value = new Map(held.value).set(lane, until)
    timers.get(lane)?.()
    timers.set(
      lane,
      clock.after(until - clock.now(), () => letGo(lane)),
    )
  }

  function letGo(lane: string): void {
    const next = new Map(held.value)
    next.delete(lane)
    held.value = next
    onFree()
  }

  /** It has to be sent again: when the server says so, else after a while that grows. */
  function putBack(lane: string, error: Failure | undefined): void {
    narrow.add(lane)
    const wait = retryIn.get(lane) ?? RETRY[0]
    if (error?.retryAfter !== undefined) return hold(lane, error.retryAfter * 1_000)
    retryIn.set(lane, Math.min(RETRY[1], wait * 2))
    hold(lane, wait)
  }

  function through(lane: string): void {
    narrow.delete(lane)
    retryIn.delete(lane)
  }

  function reset(): void {
    for (const stop of timers.values()) stop()
    for (const memory of [timers, narrow, retryIn]) memory.clear()
    held.value = new Map()
  }

  const isShut = (lane: string, underWay: number) =>
    held.value.has(lane) || (underWay > 0 && narrow.has(lane))

  return { held, hold, putBack, through, reset, isShut }
}
