import type { Ack, ErrorCode, Failure, Message } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../clock.ts'

/** Something written here, from Enter until the log shows it. */
export type Outgoing = {
  readonly id: string
  readonly room: string
  readonly text: string
  /** The id of the message it answers. */
  readonly replyTo?: string
  /** ISO 8601, this machine's clock: shown until the server's time is known. */
  readonly writtenAt: string
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  /** Why it failed. */
  readonly error?: Failure
  /** Its place in the room, once sent. */
  readonly seq?: number
}

/** What the server is told. */
export type Draft = Pick<Outgoing, 'id' | 'room' | 'text' | 'replyTo'>

export type OutboxStorage = { load: () => Outgoing[]; save: (items: readonly Outgoing[]) => void }

type Parts = {
  storage: OutboxStorage
  /** Rejects where no answer came. */
  send: (draft: Draft) => Promise<Ack<Message>>
  /** Whether the room's log has come as far as this seq. */
  reached: (room: string, seq: number) => boolean
  clock: Clock
  newId: () => string
}

/** How many may be under way at once; one only while the server asks for slowness. */
const PIPELINE = 10
/** Milliseconds before an unanswered message is sent again; doubles up to the second number. */
const RETRY = [1_000, 15_000] as const
const again: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED', 'UNAVAILABLE'])

/** Keeps what is written, in order and with its id, until the server has stored it or refused it for good. */
export function createOutbox({ storage, send, reached, clock, newId }: Parts) {
  const items = shallowRef<readonly Outgoing[]>(afterReload(storage.load()))
  /** When sending goes on after the server asked for a pause; null while nothing holds it. */
  const heldUntil = shallowRef<number | null>(null)
  let flowing = false
  let underWay = 0
  let pipeline = PIPELINE
  let retryIn: number = RETRY[0]
  let letGo = () => {}

  function write(room: string, text: string, replyTo?: string): void {
    const writtenAt = new Date(clock.now()).toISOString()
    keep([...items.value, { id: newId(), room, text, replyTo, writtenAt, state: 'waiting' }])
    pump()
  }

  /** Lets messages go, or keeps them, as the connection comes and goes. */
  function flow(on: boolean): void {
    flowing = on
    retryIn = RETRY[0]
    pump()
  }

  function tryAgain(id: string): void {
    update(id, { state: 'waiting', error: undefined })
    pump()
  }

  const remove = (id: string) => keep(items.value.filter((item) => item.id !== id))

  /** Drops what the log shows by now: what just arrived in it, and what it has passed. */
  function settle(arrived: readonly Message[]): void {
    if (items.value.length === 0) return
    const ids = new Set(arrived.map((message) => message.id))
    const shown = ({ id, room, seq }: Outgoing) => ids.has(id) || (seq !== undefined && reached(room, seq))
    const left = items.value.filter((item) => !shown(item))
    if (left.length < items.value.length) keep(left)
  }

  function pump(): void {
    if (!flowing || heldUntil.value !== null) return
    const waiting = items.value.filter((item) => item.state === 'waiting')
    for (const item of waiting.slice(0, Math.max(0, pipeline - underWay))) void deliver(item)
  }

  async function deliver(item: Outgoing): Promise<void> {
    underWay++
    update(item.id, { state: 'sending' })
    const { id, room, text, replyTo } = item
    const answer = await send({ id, room, text, replyTo }).catch(() => null)
    underWay--
    if (answer?.ok) arrive(answer.data)
    else if (answer && !again.has(answer.error.code))
      update(item.id, { state: 'failed', error: answer.error })
    else putBack(item, answer?.error)
    pump()
  }

  function arrive({ id, seq }: Message): void {
    pipeline = PIPELINE
    retryIn = RETRY[0]
    update(id, { state: 'sent', seq })
    settle([])
  }

  function putBack(item: Outgoing, error: Failure | undefined): void {
    update(item.id, { state: 'waiting' })
    if (error?.code === 'RATE_LIMITED') pipeline = 1
    if (error?.retryAfter !== undefined) hold(error.retryAfter * 1_000)
    else if (flowing) {
      hold(retryIn)
      retryIn = Math.min(RETRY[1], retryIn * 2)
    }
  }

  function hold(milliseconds: number): void {
    const until = Math.max(heldUntil.value ?? 0, clock.now() + milliseconds)
    heldUntil.value = until
    letGo()
    letGo = clock.after(until - clock.now(), () => {
      heldUntil.value = null
      pump()
    })
  }

  function update(id: string, change: Partial<Outgoing>): void {
    keep(items.value.map((item) => (item.id === id ? { ...item, ...change } : item)))
  }

  function keep(next: readonly Outgoing[]): void {
    items.value = next
    storage.save(next)
  }

  return { items, heldUntil, write, flow, tryAgain, remove, settle }
}

export type Outbox = ReturnType<typeof createOutbox>

/** Nobody knows what became of a message under way: with its id it can safely be sent again. */
function afterReload(items: Outgoing[]): Outgoing[] {
  return items
    .filter((item) => item.state !== 'sent')
    .map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item))
}
