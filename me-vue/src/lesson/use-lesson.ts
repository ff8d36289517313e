import type { LessonSaid } from 'me-api/contract'
import { LESSON_ROOM, LESSON_SAY_MAX } from 'me-api/contract/limits'
import { useEventListener } from '@vueuse/core'
import type { io as client } from 'socket.io-client'
import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue'
import { ApiError, request } from '../api/http.ts'
import { createLeaderLock } from '../chat/outbox/leader-lock.ts'
import { browserClock as clock } from '../platform/clock.ts'
import { createLane, type Lane, type Said } from './create-lane.ts'
import { laneKinds } from './lanes.ts'
import { watchAnswers } from './metered.ts'
import { changeNow, measureConnection, type MeasuredConnection } from './measure-connection.ts'
import { HELD_AT_ONCE, restingIn, TURN } from './turns.ts'

/** Milliseconds after which the lanes stop by themselves, and for which the network is cut. */
const RUNS_FOR = 5 * 60_000
const CUT_FOR = 2_000
/** Milliseconds into the cut at which something is said, and how much. */
const SAID_AT = 600
export const SAID_IN_CUT = 3
/** Milliseconds within which a lock that nobody holds is there. */
const LOCK = 300

/**
 * How the lesson stands. Closed by the page: `hidden`, `offline`, `cut`; by the reader `stopped`, after five minutes
 * `over`; `elsewhere`: another tab runs it.
 */
type LessonStanding =
  'idle' | 'starting' | 'running' | 'cut' | 'hidden' | 'offline' | 'stopped' | 'over' | 'elsewhere'

/** The lesson of this tab: its lanes, what is said, and when they are open. */
export function useLesson() {
  const is = ref<LessonStanding>('idle')
  const failure = shallowRef<ApiError>()
  const connection = shallowRef<MeasuredConnection>()
  const said = reactive(new Map<number, Said>())
  const serverNow = () => performance.now() + (connection.value?.clock.offset ?? 0)
  const lanes = laneKinds(() => io!).map((kind) => createLane({ kind, clock, serverNow, said }))
  /** The lanes whose turn it is to rest. */
  const resting = ref<Lane[]>([])
  const lock = createLeaderLock(navigator.locks, 'me.lesson')
  let io: typeof client | undefined
  let isReady = false
  let turn = 0
  /** Aborted where the page closes the lanes: it begins nothing more of what it was about to. */
  let run = new AbortController()
  let stopTimers = () => {}
  let stopTurns = () => {}
  let stopCut = () => {}
  const stopWatching = watchAnswers(
    lanes.map(({ kind, meter }) => ({ owns: kind.owns, isCounted: kind.isCounted, meter })),
  )

  const isOpen = computed(() => is.value === 'running')
  const numbers = computed(() => [...said.keys()])

  function start(take: 'want' | 'steal' = 'want'): void {
    run.abort()
    const { signal } = (run = new AbortController())
    is.value = 'starting'
    failure.value = undefined
    const stopAsking = clock.after(LOCK, () => !signal.aborted && (is.value = 'elsewhere'))
    const gained = () => {
      stopAsking()
      void begin(signal)
    }
    lock[take](gained, () => {
      stopTimers()
      closeAs('elsewhere')
    })
  }

  async function begin(signal: AbortSignal): Promise<void> {
    is.value = 'starting'
    try {
      io ??= await loadSocketIo()
      connection.value = await measureConnection(signal)
      if (!isReady) {
        const after = await changeNow(LESSON_ROOM, signal)
        for (const lane of lanes) lane.prepare(LESSON_ROOM, after)
      }
      isReady = true
    } catch (error) {
      if (signal.aborted) return
      stop()
      if (!(error instanceof ApiError)) throw error
      failure.value = error
      return
    }
    stopTimers()
    stopTimers = clock.after(RUNS_FOR, () => stop('over'))
    openAll()
  }

  function openAll(): void {
    if (document.hidden) return hide()
    if (!navigator.onLine) return closeAs('offline')
    is.value = 'running'
    takeTurn()
  }

  /** Where more lanes want to hold a request than the browser has connections for, they rest by turns. */
  function takeTurn(): void {
    stopTurns()
    const holding = lanes.filter(holds)
    // A lane that keeps no cursor would lose what is said while it rests.
    const mayRest = holding.filter(({ kind }) => !kind.forgets)
    const places = HELD_AT_ONCE - (holding.length - mayRest.length)
    resting.value = isShared(connection.value) ? [] : restingIn(turn, mayRest, places)
    for (const lane of lanes) {
      if (resting.value.includes(lane)) lane.close()
      else lane.open()
    }
    stopTurns = clock.after(TURN, () => {
      turn += 1
      takeTurn()
    })
  }
  watch(
    () => lanes.filter(holds).length,
    () => isOpen.value && takeTurn(),
  )

  function closeAs(now: LessonStanding): void {
    run.abort()
    stopCut()
    stopTurns()
    resting.value = []
    for (const lane of lanes) lane.close()
    is.value = now
  }

  function stop(now: 'stopped' | 'over' = 'stopped'): void {
    stopTimers()
    closeAs(now)
    lock.letGo()
  }

  /** A page that nobody sees needs no connections, and leaves the lock to the tab that is seen. */
  function hide(): void {
    closeAs('hidden')
    lock.letGo()
  }

  async function say(count = 1): Promise<void> {
    failure.value = undefined
    try {
      const body = { count }
      const { messages } = await request<LessonSaid>('POST', '/api/lesson/say', { body })
      for (const { seq, sentAt } of messages) said.set(seq, { seq, at: Date.parse(sentAt) })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      failure.value = error
    }
  }

  /** Closes all connections, lets the server say something meanwhile, and opens them again. */
  function cut(): void {
    closeAs('cut')
    const stopSaying = clock.after(SAID_AT, () => void say(SAID_IN_CUT))
    const stopWaiting = clock.after(CUT_FOR, openAll)
    stopCut = () => {
      stopSaying()
      stopWaiting()
    }
  }

  useEventListener(document, 'visibilitychange', () => {
    if (document.hidden && isOpen.value) hide()
    else if (!document.hidden && is.value === 'hidden') start()
  })
  useEventListener(window, 'offline', () => isOpen.value && closeAs('offline'))
  useEventListener(window, 'online', () => is.value === 'offline' && openAll())
  onBeforeUnmount(() => {
    stop()
    stopWatching()
  })

  return reactive({
    is,
    failure,
    connection,
    lanes,
    resting,
    numbers,
    start: () => start(),
    takeOver: () => start('steal'),
    stop: () => stop(),
    say: () => say(),
    burst: () => say(LESSON_SAY_MAX),
    cut,
  })
}

/** HTTP/2 and HTTP/3 carry all requests of a page over one connection. */
const isShared = (connection: MeasuredConnection | undefined): boolean =>
  /^h[23]/.test(connection?.protocol ?? '')

/** The client as it is published: the chat's own build lacks what it does without, such as reconnecting. Throws ApiError. */
async function loadSocketIo(): Promise<typeof client> {
  const { io } = await import('socket.io-client/dist/socket.io.js').catch((cause: unknown) => {
    throw new ApiError(0, 'OFFLINE', String(cause))
  })
  return io
}

/** Whether a lane holds a request open for as long as it is open. */
const holds = ({ kind, engine }: Lane): boolean =>
  kind.holds === 'always' || (kind.holds === 'fallback' && engine?.over === 'polling' && engine.isRefused)

export type Lesson = ReturnType<typeof useLesson>
