import type { Clock } from '../../clock.ts'
import {
  type Author,
  type Message,
  type MessageReport,
  type Person,
  REPORTED_KEPT_DAYS,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { AddressBans } from './address-bans.ts'
import { type Limiter, useAll } from '../rate-limits/rate-limiter.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import { RESTORABLE_FOR } from '../messages/recently-deleted.ts'
import type { MessageReportsStore } from './message-reports.store.ts'
import { noMessage } from '../log/apply-write.ts'

/** Milliseconds that reported words are kept unless they are settled before. */
const KEPT = REPORTED_KEPT_DAYS * 24 * 3_600_000

type Parts = {
  store: MessageReportsStore
  reads: Pick<MessageReads, 'message'>
  addressBans: Pick<AddressBans, 'mayBeHere'>
  /** A new nick costs nothing, so that addresses are counted as well. */
  limitByPerson: Limiter
  limitByAddress: Limiter
  /** Somebody's message was looked at and left as it is. */
  noteDismissal: (by: Author, message: Message) => Promise<void>
  clock: Clock
}

/**
 * What visitors show to the owner: that a message is not as it should be. Why, the message says itself, as it was when it
 * was reported: its author may change or delete it since. That is kept until the owner has settled it, and so long at most.
 */
export function createMessageReports(parts: Parts) {
  const { store, reads, addressBans, limitByPerson, limitByAddress, noteDismissal, clock } = parts

  /** Once per message and person; again is as good. @throws {Refusal} BANNED, NOT_FOUND, FORBIDDEN, RATE_LIMITED */
  async function report(by: Person, id: string, address: string | null): Promise<void> {
    await addressBans.mayBeHere(by, address)
    const message = await reads.message(by, id)
    if (message.deletedAt) throw noMessage()
    if (message.author.id === by.id) throw new Refusal('FORBIDDEN', 'That is your own message.')
    if (await store.has(id, by.id)) return
    useAll([limitByPerson, by.id], [limitByAddress, address])
    await store.add(message, by.id, clock.now())
  }

  /** @throws {Refusal} NOT_FOUND */
  async function dismiss(by: Author, id: string): Promise<void> {
    const message = await reads.message(by, id)
    if (!(await settle(id))) throw new Refusal('NOT_FOUND', 'Nobody has reported that message.')
    await noteDismissal(by, message)
  }

  /** Settles the reports of a message; answers whether there were any. */
  async function settle(id: string): Promise<boolean> {
    return (await store.settle(id, clock.now())) > 0
  }

  return {
    report,
    dismiss,

    settle,

    /** The owner has taken a deletion back: the reports that it settled are open again. */
    reopen: (message: Message): Promise<void> => store.reopen(message, clock.now() - 2 * RESTORABLE_FOR),

    /** Settles the reports of all messages of an author. */
    async settleOf(authorId: string): Promise<void> {
      await store.settleOf(authorId, clock.now())
    },

    /** Removes reported words that become too old within so many milliseconds. */
    async forgetOld(within: number): Promise<void> {
      await store.forgetBefore(clock.now() - KEPT + within)
    },

    /** Reported messages that are not settled, the last reported first, without deleted ones whose words are gone. */
    list: (): Promise<MessageReport[]> => store.open(clock.now() - KEPT),
  }
}

export type MessageReports = ReturnType<typeof createMessageReports>
