import { type Clock, doneWithin } from '../../clock.ts'
import type { Message } from '../../contract/index.ts'
import { isUnavailable } from '../../db/open-database.ts'
import type { Bus } from '../log/bus.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Attendance } from './attendance.ts'
import { chooseTold } from './choose-told.ts'
import type { NewMessagesStore } from './new-messages.store.ts'
import type { PushStore } from './push.store.ts'
import { REPORTS, type Reason, WEBHOOKS } from './reasons.ts'

/** Milliseconds between two looks through the rooms, so that a busy one costs little. */
const EVERY = 1_000
/** The messages of a room that one look takes in, the newest. */
const AT_ONCE = 500
/** Milliseconds that a look under way may hold up the stop, as where the database does not answer. */
const STOP_MAX = 1_000
/** Milliseconds after which a message is no news, after a stop or from an import. */
const NEWS = 600_000

type Parts = {
  store: Pick<PushStore, 'of' | 'putPending'>
  newMessages: NewMessagesStore
  bus: Pick<Bus, 'subscribe'>
  attendance: Pick<Attendance, 'isMemberThere'>
  mayRead: ReadRule
  ownersId: () => Promise<string | null>
  /** Notes that the owner is to be told of a report by mail. */
  mailReport: (messageId: string) => Promise<void>
  clock: Clock
  onFault: (error: unknown) => void
}

/** Notes who is to be told of what: what is said in the rooms, and what is reported to the owner. */
export function createNotes(parts: Parts) {
  const { store, newMessages, bus, attendance, mayRead, ownersId, clock, onFault } = parts
  const changed = new Set<string>()
  let cancel: (() => void) | null = null
  let hasEnded = false
  let underWay: Promise<void> = Promise.resolve()

  function schedule(): void {
    if (hasEnded) return
    cancel ??= clock.after(EVERY, () => {
      cancel = null
      underWay = underWay.then(look).catch(onFault)
    })
  }

  async function look(): Promise<void> {
    const rooms = [...changed]
    changed.clear()
    try {
      await lookAt(rooms)
    } catch (error) {
      if (isUnavailable(error)) {
        rooms.forEach((room) => changed.add(room))
        schedule()
      }
      throw error
    }
  }

  async function lookAt(rooms: string[]): Promise<void> {
    if (!(await newMessages.hasAnybody())) return
    for (const room of rooms) {
      const now = clock.now()
      const isMemberThere = attendance.isMemberThere()
      await newMessages.look(room, { since: now - NEWS, max: AT_ONCE, now }, (looked) =>
        chooseTold(looked, { mayRead, isMemberThere }),
      )
    }
  }

  async function tellOwner(conversation: string, reason: Reason, messageId: string | null): Promise<void> {
    const owner = await ownersId()
    const now = clock.now()
    const subscriptions = owner ? await store.of(owner) : []
    await store.putPending(
      subscriptions.map((subscription) => ({
        ...{ subscription_id: subscription.id, conversation, reason },
        ...{ message_id: messageId, made_at: now, due_at: now },
      })),
    )
  }

  return {
    /** Also looks at what was said before a restart. */
    async start(): Promise<void> {
      bus.subscribe(({ room }) => {
        changed.add(room)
        schedule()
      })
      for (const room of await newMessages.behind()) changed.add(room)
      schedule()
    },

    /** What has not been looked at by then is looked at by the next start. */
    async close(): Promise<void> {
      hasEnded = true
      cancel?.()
      await doneWithin(STOP_MAX, underWay)
    },

    async reported({ id }: Message): Promise<void> {
      await tellOwner(REPORTS, 'report', id)
      await parts.mailReport(id)
    },

    webhookSwitchedOff: (): Promise<void> => tellOwner(WEBHOOKS, 'webhook', null),
  }
}
