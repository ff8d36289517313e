import type { Ack, ErrorCode, Message } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { createRetryQueues } from './retry-queues.ts'
import { createSendRate, type Limit } from './send-rate.ts'

type Parts = {
  errands: () => readonly OutboxEntry[]
  /** Waits for nothing but its turn. */
  isReady: (errand: OutboxEntry) => boolean
  /** Undefined where no answer came. */
  ask: (errand: OutboxEntry) => Promise<Ack<Message> | undefined>
  /** It is done, or refused for good. */
  onAnswer: (errand: OutboxEntry, answer: Ack<Message>) => void
  /** Others may want to know how it gets on. */
  onMoved: () => void
  limit: () => Limit
  clock: Clock
}

const again: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED', 'UNAVAILABLE'])

/** Sends errands in their order, many at once, and those again that got no answer or came too early. */
export function createOutboxSender({ errands, isReady, ask, onAnswer, onMoved, limit, clock }: Parts) {
  const lanes = createRetryQueues(clock, goOn)
  const paces = { send: createSendRate(limit, clock), change: createSendRate(limit, clock) }
  /** By key. */
  const underWay = shallowRef<ReadonlySet<string>>(new Set())
  let open = false

  /** Lets errands go, or keeps them; what was learnt over the last connection no longer holds. */
  function flow(on: boolean): void {
    open = on
    lanes.reset()
    pump()
  }

  function pump(): void {
    if (!open) return
    const shut = new Set<string>()
    for (const errand of errands()) {
      const lane = laneOf(errand)
      if (shut.has(lane) || !isReady(errand) || underWay.value.has(errand.key)) continue
      if (isFree(errand, lane)) void deliver(errand)
      else shut.add(lane)
    }
  }

  function isFree(errand: OutboxEntry, lane: string): boolean {
    const before = errands().filter(({ key }) => underWay.value.has(key))
    if (lanes.isShut(lane, before.filter((one) => laneOf(one) === lane).length)) return false
    const pace = paceOf(errand)
    if (pace.left(before.length) > 0) return true
    const wait = pace.wait()
    if (wait > 0) lanes.hold(lane, wait)
    return false
  }

  async function deliver(errand: OutboxEntry): Promise<void> {
    const { key } = errand
    const lane = laneOf(errand)
    paceOf(errand).took()
    underWay.value = new Set(underWay.value).add(key)
    const answer = await ask(errand)
    underWay.value = new Set([...underWay.value].filter((one) => one !== key))
    if (answer && (answer.ok || !again.has(answer.error.code))) {
      lanes.through(lane)
      onAnswer(errand, answer)
    } else if (answer || open) lanes.putBack(lane, answer?.error)
    goOn()
  }

  function goOn(): void {
    onMoved()
    pump()
  }

  const paceOf = ({ does }: OutboxEntry) => paces[does === 'send' ? 'send' : 'change']

  return { flow, pump, underWay, held: lanes.held }
}

/** An edit need not wait for what is yet to be said, nor a deletion for an edit that a slow room holds back. */
export const laneOf = ({ does, room }: Pick<OutboxEntry, 'does' | 'room'>) => `${does} ${room}`
