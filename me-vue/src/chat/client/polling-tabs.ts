import { computed, watch, type Ref } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import type { Connection } from './connection.ts'

type Parts = {
  /** Reactive. */
  chat: {
    readonly connection: Connection
    readonly outbox: readonly unknown[]
    connect: () => void
    pause: () => void
    preferWebSocket: () => void
  }
  isHidden: () => boolean
  /** Whether this tab keeps its connection while it is hidden. */
  keeps: Readonly<Ref<boolean>>
  doesWebSocketWork: () => Promise<boolean>
  clock: Pick<Clock, 'after'>
}

/** Milliseconds for which a tab keeps its connection once it is hidden. */
const GRACE = 1_000
/** Milliseconds until WebSocket is looked at again: at first, and at most. */
const CHECK = [15_000, 300_000] as const

/**
 * What a tab that is live over HTTP polling does for the browser's other tabs, which share six connections with it over
 * HTTP/1.1: hidden, it lets its own go until it is shown, unless it is the one that notifies; and it returns to WebSocket
 * once that works.
 */
export function sharePolling({ chat, isHidden, keeps, doesWebSocketWork, clock }: Parts): void {
  const isPolling = computed(() => chat.connection.is === 'live' && chat.connection.over === 'polling')
  const isSpare = computed(() => isPolling.value && isHidden() && !keeps.value && chat.outbox.length === 0)

  watchTimer(isSpare, (after) => after(GRACE, chat.pause))
  watchTimer(isPolling, (after) => {
    const check = (wait: number): void =>
      after(wait, async () => {
        if (!(await doesWebSocketWork())) check(Math.min(2 * wait, CHECK[1]))
        else if (isPolling.value) chat.preferWebSocket()
      })
    check(CHECK[0])
  })
  // The tab that kept its connection was closed.
  watch(keeps, (now) => now && chat.connection.is === 'paused' && chat.connect())

  /** Calls `begin` whenever the condition comes true; what it waits for is called off once it is false. */
  function watchTimer(
    condition: Ref<boolean>,
    begin: (after: (milliseconds: number, call: () => void) => void) => void,
  ): void {
    let stop = () => {}
    watch(
      condition,
      (now) => {
        stop()
        if (now) begin((milliseconds, call) => (stop = clock.after(milliseconds, call)))
      },
      { immediate: true },
    )
  }
}
