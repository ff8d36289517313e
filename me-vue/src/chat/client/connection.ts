import type { Failure } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { ChatSocket, Transport } from '../../api/socket.ts'
import type { Clock } from '../../platform/clock.ts'

/**
 * The state of the connection. `since` when it has been live without a break, over what and after how many breaks; `at`
 * is when the next attempt is made: both in milliseconds since 1970. `paused`: closed by the page until it is shown.
 */
export type Connection =
  | { is: 'connecting' }
  | { is: 'live'; over: Transport; since: number; reconnects: number }
  | { is: 'paused' }
  | { is: 'reconnecting'; at: number; attempt: number }
  | { is: 'offline' }
  | { is: 'refused'; at: number; code: Failure['code'] | 'SLOW_DOWN'; message: string }

export type ConnectionParts = {
  socket: Pick<ChatSocket, 'connect' | 'disconnect' | 'on'>
  /** Calls `call` once when the underlying transport closes, even if Socket.IO does not report it. */
  onceClosed: (call: () => void) => void
  /** Chooses the transport of the next connection. */
  goOver: (transport: Transport) => void
  /** Lasts as long as the tab. */
  session: Pick<Storage, 'getItem' | 'setItem'>
  clock: Clock
  /** Returns 0 to 1, so that not all clients reconnect at the same moment. */
  random: () => number
  /** Whether the browser reports a network. It affects only the state that is shown, and never prevents an attempt. */
  networkUp: () => boolean
  /** Reacts to a refused handshake; returns true if the client should connect again at once. */
  recover: (failure: Failure) => boolean
  onLost: () => void
}

type Refused = Pick<Failure, 'message' | 'retryAfter'> & { code: Failure['code'] | 'SLOW_DOWN' }

/** The transport over which the tab was last live. */
const TRANSPORT = 'me.chat.transport'
/** Milliseconds until a try must be live: the first over WebSocket, which a proxy may swallow, and any other. */
const PATIENCE = { first: 6_000, other: 12_000 }
/** Milliseconds between attempts: the first, and the most. */
const DELAY = [1_000, 5_000] as const
/** Seconds until the next attempt if the refusal has no `retryAfter`. */
const REFUSED_FOR = 60
/** Maximum milliseconds until the next attempt: a refusal may be lifted early. */
const REFUSED_MAX = 86_400_000

/**
 * Keeps the socket connected for as long as the page lives. One timer is always running unless it is live or paused:
 * either a try that must end, or the wait for the next attempt. So no state can last forever by mistake.
 *
 * An attempt is two tries: over what was live last in this tab, WebSocket at first, then over the other transport.
 * Socket.IO's own `tryAllTransports` does not notice a WebSocket that opens and stays silent.
 */
export function createConnection({
  socket,
  onceClosed,
  goOver,
  session,
  clock,
  random,
  networkUp,
  recover,
  onLost,
}: ConnectionParts) {
  const state = shallowRef<Connection>({ is: 'connecting' })
  let attempts = 0
  let reconnects = 0
  let over = preferred()
  /** Identifies the current try, so that events of earlier ones are ignored. */
  let underWay: object | undefined
  let attemptedAt = -Infinity
  let serverBackIn: number | undefined
  /** The notice that the server sends before it closes the connection. */
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
    else if (recover(failure)) attempt()
    else refused(failure)
  })

  /** Connects now, in any state. */
  function attempt(): void {
    connectOver(preferred())
  }

  function preferred(): Transport {
    return session.getItem(TRANSPORT) === 'polling' ? 'polling' : 'websocket'
  }

  function connectOver(transport: Transport): void {
    underWay = undefined
    slowedDown = undefined
    onLost()
    socket.disconnect()
    state.value = { is: networkUp() ? 'connecting' : 'offline' }
    attemptedAt = clock.now()
    over = transport
    // On a slow network the second attempt has the time that the first did not have.
    timer(over === 'websocket' && attempts === 0 ? PATIENCE.first : PATIENCE.other, lost)
    const thisOne = (underWay = {})
    goOver(over)
    socket.connect()
    // Closed after the WebSocket opened and before the first packet of Engine.IO: Socket.IO would wait for 20 s.
    onceClosed(() => {
      if (underWay === thisOne) lost()
    })
  }

  /** Called when the room has answered: only then is it certain that no change is missed. */
  function live(): void {
    underWay = undefined
    stopTimer()
    attempts = 0
    session.setItem(TRANSPORT, over)
    if (state.value.is !== 'live')
      state.value = { is: 'live', over, since: clock.now(), reconnects: reconnects++ }
  }

  function lost(): void {
    if (underWay && over === preferred()) return connectOver(over === 'polling' ? 'websocket' : 'polling')
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

  /** Attempts at once, because the page is visible again or the network is back. */
  function hurry(): void {
    const patient = state.value.is === 'refused' && clock.now() < state.value.at
    const justBegun = clock.now() - attemptedAt < 2_000
    if (state.value.is !== 'live' && !patient && !justBegun) attempt()
  }

  /** The server restarts, and asks this client to reconnect after so many seconds. */
  function expectRestart(seconds: number): void {
    serverBackIn = seconds * 1_000
  }

  /** This tab has sent too many events: the server is about to close the connection; wait for `retryAfter` seconds. */
  function slowDown(notice: Pick<Failure, 'message' | 'retryAfter'>): void {
    slowedDown = { ...notice, code: 'SLOW_DOWN' }
  }

  function timer(milliseconds: number, call: () => void): void {
    stopTimer()
    stopTimer = clock.after(milliseconds, call)
  }

  /** WebSocket works again: a connection that is live over polling connects anew. */
  function preferWebSocket(): void {
    session.setItem(TRANSPORT, 'websocket')
    attempt()
  }

  /** Closes the connection until `attempt` or `hurry`. */
  function pause(): void {
    underWay = undefined
    onLost()
    socket.disconnect()
    stopTimer()
    attemptedAt = -Infinity
    state.value = { is: 'paused' }
  }

  /** An expected answer did not arrive: reconnects at once if the state was live, else after the usual delay. */
  function silent(): void {
    if (state.value.is === 'live') attempt()
    else lost()
  }

  return { state, attempt, live, silent, hurry, expectRestart, slowDown, preferWebSocket, pause }
}

export type ConnectionKeeper = ReturnType<typeof createConnection>
