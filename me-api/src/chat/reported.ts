import type { Clock } from '../clock.ts'
import type { Author, Message, MessageReport, Person } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AddressBans } from './address-bans.ts'
import { type Limiter, useAll } from './limits.ts'
import type { MessageStore } from './message.store.ts'
import type { ReportedStore } from './reported.store.ts'
import { noMessage } from './writes.ts'

type Parts = {
  store: ReportedStore
  messages: Pick<MessageStore, 'find'>
  addressBans: Pick<AddressBans, 'mayBeHere'>
  /** A new nick costs nothing, so that addresses are counted as well. */
  limitByPerson: Limiter
  limitByAddress: Limiter
  /** Somebody's message was looked at and left as it is. */
  noteDismissal: (by: Author, message: Message) => Promise<void>
  clock: Clock
}

/** What visitors show to the owner: that a message is not as it should be. Why, the message says itself. */
export function createReportedMessages(parts: Parts) {
  const { store, messages, addressBans, limitByPerson, limitByAddress, noteDismissal, clock } = parts

  /** Once per message and person; again is as good. @throws {Refusal} BANNED, NOT_FOUND, FORBIDDEN, RATE_LIMITED */
  async function report(by: Person, id: string, address: string | null): Promise<void> {
    await addressBans.mayBeHere(by, address)
    const message = await standing(id)
    if (message.author.id === by.id) throw new Refusal('FORBIDDEN', 'That is your own message.')
    if (await store.has(id, by.id)) return
    await useAll([limitByPerson, by.id], [limitByAddress, address])
    await store.add(id, by.id, clock.now())
  }

  /** @throws {Refusal} NOT_FOUND */
  async function dismiss(by: Author, id: string): Promise<void> {
    const message = await standing(id)
    if ((await store.dismiss(id, clock.now())) === 0)
      throw new Refusal('NOT_FOUND', 'Nobody has reported that message.')
    await noteDismissal(by, message)
  }

  async function standing(id: string): Promise<Message> {
    const message = await messages.find(id)
    if (!message || message.deletedAt) throw noMessage()
    return message
  }

  return {
    report,
    dismiss,

    /** What was reported and neither deleted nor dismissed, the last reported first. */
    list: (): Promise<MessageReport[]> => store.open(),
  }
}

export type ReportedMessages = ReturnType<typeof createReportedMessages>
