import type { Clock } from '../../clock.ts'
import {
  type Author,
  type Message,
  type MessageReport,
  type Person,
  REPORTED_KEPT_DAYS,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { SanctionChecks } from './sanction-checks.ts'
import { type Limiter, useAll } from '../rate-limits/rate-limiter.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import { RESTORABLE_FOR } from '../messages/recently-deleted.ts'
import type { MessageReportsStore } from './message-reports.store.ts'
import type { Signals } from '../signals.ts'
import { noMessage } from '../log/apply-write.ts'
import { refuseLesson } from '../log/lesson-room.ts'

/** Milliseconds that the reported content is kept unless the report is settled earlier. */
const KEPT = REPORTED_KEPT_DAYS * 24 * 3_600_000

type Parts = {
  store: MessageReportsStore
  reads: Pick<MessageReads, 'message'>
  /** Finds a message whoever may read its room: the owner settles reports from every room. */
  find: MessageStore['find']
  sanctionChecks: Pick<SanctionChecks, 'mayBeHere'>
  /** Addresses are limited too, because a new nick costs nothing. */
  limitByPerson: Limiter
  limitByAddress: Limiter
  /** Records that the owner dismissed the reports of a message. */
  noteDismissal: (by: Author, message: Message) => Promise<void>
  signals: Pick<Signals, 'messageReported'>
  clock: Clock
}

/**
 * Reports of messages, by visitors to the owner. A report keeps the message as it was at that time, because its
 * author may change or delete it. That copy is kept until the owner settles the report, and at most
 * `REPORTED_KEPT_DAYS`.
 */
export function createMessageReports(parts: Parts) {
  const { store, reads, find, sanctionChecks, limitByPerson, limitByAddress, noteDismissal, signals, clock } =
    parts

  /**
   * Reports a message, once per person; a repeated report succeeds without effect.
   * @throws {Refusal} BANNED, NOT_FOUND, FORBIDDEN, RATE_LIMITED
   */
  async function report(by: Person, id: string, address: string | null): Promise<void> {
    await sanctionChecks.mayBeHere(by, address)
    const message = await reads.message(by, id)
    if (message.deletedAt) throw noMessage()
    refuseLesson(message.room)
    if (message.author.id === by.id) throw new Refusal('FORBIDDEN', 'That is your own message.')
    if (await store.has(id, by.id)) return
    useAll([limitByPerson, by.id], [limitByAddress, address])
    await store.add(message, by.id, clock.now())
    signals.messageReported.emit(message)
  }

  /** @throws {Refusal} NOT_FOUND */
  async function dismiss(by: Author, id: string): Promise<void> {
    const message = await find(id)
    if (!message) throw noMessage()
    if (!(await settle(id))) throw new Refusal('NOT_FOUND', 'Nobody has reported that message.')
    await noteDismissal(by, message)
  }

  /** Settles the reports of a message and returns whether there were any. */
  async function settle(id: string): Promise<boolean> {
    return (await store.settle(id, clock.now())) > 0
  }

  return {
    report,
    dismiss,

    settle,

    /** Reopens the reports that a deletion settled, after the owner restored the message. */
    reopen: (message: Message): Promise<void> => store.reopen(message, clock.now() - 2 * RESTORABLE_FOR),

    /** Settles the reports of all messages of an author. */
    async settleOf(authorId: string): Promise<void> {
      await store.settleOf(authorId, clock.now())
    },

    /** Deletes the reported content that becomes too old within the next `within` milliseconds. */
    async forgetOld(within: number): Promise<void> {
      await store.forgetBefore(clock.now() - KEPT + within)
    },

    /** Returns the messages with open reports, the last reported first, without deleted ones whose content is gone. */
    list: (): Promise<MessageReport[]> => store.open(clock.now() - KEPT),
  }
}

export type MessageReports = ReturnType<typeof createMessageReports>
