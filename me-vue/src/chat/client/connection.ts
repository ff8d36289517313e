import type { Failure } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { Clock } from '../../platform/clock.ts'

/**
 * The state of the connection. `since` when it has been live without a break, after how many breaks; `at` is when the
 * next attempt is made: both in milliseconds since 1970.
 */
export type Connection =
  | { is: 'connecting' }
  | { is: 'live'; since: number; reconnects: number }
  | { is: 'reconnecting'; at: number; attempt: number }
  | { is: 'offline' }
  | { is: 'refused'; at: number; code: Failure['code'] | 'SLOW_DOWN'; message: string }

export type ConnectionParts = {
  socket: Pick<ChatSocket, 'connect' | 'disconnect' | 'on'>
  /** Calls once when what the socket is being connected over closes, whatever Socket.IO makes of it. */
  onceClosed: (call: () => void) => void
  clock: Clock
  /** 0 to 1, so that not everybody comes back in the same instant. */
  random: () => number
  /** What the browser believes of its network: it words the state, and never stops an attempt. */
  networkUp: () => boolean
  /** Deals with a refused handshake; true where connecting again at once makes sense. */
  mend: (failure: Failure) => boolean
  onLost: () => void
}

type Refused = Pick<Failure, 'message' | 'retryAfter'> & { code: Failure['code'] | 'SLOW_DOWN' }

/** Milliseconds from an attempt's start until it must be live. */
const PATIENCE = 12_000
/** Milliseconds between attempts: the first, and the most. */
const DELAY = [1_000, 5_000] as const
/** Seconds until the next attempt where a refusal names none. */
const REFUSED_FOR = 60
/** Milliseconds after which it is tried again at the latest: a browser's timer holds no more than 24 days. */
const REFUSED_MAX = 86_400_000

/**
 * Keeps the socket connected for as long as the page lives. One timer is always running unless it is live:
 * either an attempt that must end, or the wait for the next one. So no state can last for ever by mistake.
 */
export function createConnection({
  socket,
  onceClosed,
  clock,
  random,
  networkUp,
  mend,
  onLost,
}: ConnectionParts) {
  const state = shallowRef<Connection>({ is: 'connecting' })
  let attempts = 0
  let reconnects = 0
  /** Tells an attempt that is still under way from those before it. */
  let underWay: object | undefined
  let attemptedAt = -Infinity
  let serverBackIn: number | undefined
  /** Said by the server before it closes. */
  let slowedDown: Refused | undefined
  let stopTimer = () => {}

  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return
    if (slowedDown) refused(slowedDown)
    else lost()
  })
  socket.on('connect_error', (error) => {
    const failure = (error as { data?: Failure }).data
    if (!failure?.code) lost()
    else if (mend(failure)) attempt()
    else refused(failure)
  })

  /** Connects now, whatever was going on. */
  function attempt(): void {
    underWay = undefined
    slowedDown = undefined
    onLost()
    socket.disconnect()
    state.value = { is: networkUp() ? 'connecting' : 'offline' }
    attemptedAt = clock.now()
    timer(PATIENCE, lost)
    const thisOne = (underWay = {})
    socket.connect()
    // Closed after the WebSocket opened and before Engine.IO's first word: Socket.IO would wait on for 20 s.
    onceClosed(() => {
      if (underWay === thisOne) lost()
    })
  }

  /** Called once the room has answered: only now it is true that nothing is missed. */
  function live(): void {
    underWay = undefined
    stopTimer()
    attempts = 0
    if (state.value.is !== 'live') state.value = { is: 'live', since: clock.now(), reconnects: reconnects++ }
  }

  function lost(): void {
    underWay = undefined
    onLost()
    socket.disconnect()
    const wait = serverBackIn ?? Math.min(DELAY[1], DELAY[0] * 2 ** attempts) * (0.5 + random() / 2)
    serverBackIn = undefined
    attempts++
    const at = clock.now() + wait
    state.value = networkUp() ? { is: 'reconnecting', at, attempt: attempts } : { is: 'offline' }
    timer(wait, attempt)
  }

  function refused({ code, message, retryAfter = REFUSED_FOR }: Refused): void {
    underWay = undefined
    slowedDown = undefined
    onLost()
    socket.disconnect()
    const wait = Math.max(1, retryAfter) * 1_000
    state.value = { is: 'refused', at: clock.now() + wait, code, message }
    timer(Math.min(wait, REFUSED_MAX), attempt)
  }

  /** The page is looked at again, or the network is back: do not wait for the next attempt's turn. */
  function hurry(): void {
    const patient = state.value.is === 'refused' && clock.now() < state.value.at
    const justBegun = clock.now() - attemptedAt < 2_000
    if (state.value.is !== 'live' && !patient && !justBegun) attempt()
  }

  /** The server said that it restarts, and when it wants to see this reader again. */
  function expectRestart(seconds: number): void {
    serverBackIn = seconds * 1_000
  }

  /** This tab has sent more than the server takes: the connection is about to be closed, and waits that long. */
  function slowDown(notice: Pick<Failure, 'message' | 'retryAfter'>): void {
    slowedDown = { ...notice, code: 'SLOW_DOWN' }
  }

  function timer(milliseconds: number, call: () => void): void {
    stopTimer()
    stopTimer = clock.after(milliseconds, call)
  }

  /** No answer where one was due: at once where it was live, else in its turn. */
  function silent(): void {
    if (state.value.is === 'live') attempt()
    else lost()
  }

  return { state, attempt, live, silent, hurry, expectRestart, slowDown }
}

export type ConnectionKeeper = ReturnType<typeof createConnection>
