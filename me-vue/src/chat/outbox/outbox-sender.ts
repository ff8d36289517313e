import type { Ack, ErrorCode, Message } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { createRetryQueues } from './retry-queues.ts'
import { createSendRate, type Limit } from './send-rate.ts'

type Parts = {
  entries: () => readonly OutboxEntry[]
  /** Whether an entry may be sent as soon as it is its turn. */
  isReady: (entry: OutboxEntry) => boolean
  /** Undefined where no answer came. */
  ask: (entry: OutboxEntry) => Promise<Ack<Message> | undefined>
  /** Called when an entry is done, or refused for good. */
  onAnswer: (entry: OutboxEntry, answer: Ack<Message>) => void
  /** Called when the state of an entry has changed. */
  onMoved: () => void
  limit: () => Limit
  clock: Clock
}

const again: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED', 'UNAVAILABLE'])

/** Sends entries in their order, many at once, and those again that got no answer or came too early. */
export function createOutboxSender({ entries, isReady, ask, onAnswer, onMoved, limit, clock }: Parts) {
  const queues = createRetryQueues(clock, goOn)
  const paces = { send: createSendRate(limit, clock), change: createSendRate(limit, clock) }
  /** By key. */
  const underWay = shallowRef<ReadonlySet<string>>(new Set())
  let open = false

  /** Starts or stops sending. Waits that the server asked for over the last connection no longer apply. */
  function flow(on: boolean): void {
    open = on
    queues.reset()
    pump()
  }

  function pump(): void {
    if (!open) return
    const shut = new Set<string>()
    for (const entry of entries()) {
      const queue = queueOf(entry)
      if (shut.has(queue) || !isReady(entry) || underWay.value.has(entry.key)) continue
      if (isFree(entry, queue)) void deliver(entry)
      else shut.add(queue)
    }
  }

  function isFree(entry: OutboxEntry, queue: string): boolean {
    const before = entries().filter(({ key }) => underWay.value.has(key))
    if (queues.isShut(queue, before.filter((one) => queueOf(one) === queue).length)) return false
    const pace = paceOf(entry)
    if (pace.left(before.length) > 0) return true
    const wait = pace.wait()
    if (wait > 0) queues.hold(queue, wait)
    return false
  }

  async function deliver(entry: OutboxEntry): Promise<void> {
    const { key } = entry
    const queue = queueOf(entry)
    paceOf(entry).took()
    underWay.value = new Set(underWay.value).add(key)
    const answer = await ask(entry)
    underWay.value = new Set([...underWay.value].filter((one) => one !== key))
    if (answer && (answer.ok || !again.has(answer.error.code))) {
      queues.through(queue)
      onAnswer(entry, answer)
    } else if (answer || open) queues.putBack(queue, answer?.error)
    goOn()
  }

  function goOn(): void {
    onMoved()
    pump()
  }

  const paceOf = ({ does }: OutboxEntry) => paces[does === 'send' ? 'send' : 'change']

  return { flow, pump, underWay, held: queues.held }
}

/** Edits do not wait for unsent messages, nor deletions for an edit that slow mode holds up. */
export const queueOf = ({ does, room }: Pick<OutboxEntry, 'does' | 'room'>) => `${does} ${room}`
