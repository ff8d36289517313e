import type { Ack, ErrorCode, Message, Person } from 'me-api/contract'
import type { OutboxEntry } from '../../src/chat/outbox/outbox-entry.ts'
import { applyOptimisticState } from '../../src/chat/outbox/optimistic-state.ts'
import { createOutbox } from '../../src/chat/outbox/outbox.ts'
import type { Limit } from '../../src/chat/outbox/send-rate.ts'
import { settled, turnedClock } from './clock.ts'
import { message } from './messages.ts'
import { browser } from './browser.ts'

export const ada: Person = { id: 'ada', nick: 'Ada', role: 'visitor' }

/** A tab of a browser, and a server that answers when it is told to. */
export function testOutbox({ of = browser(), self = ada, limit = null as Limit } = {}) {
  const { clock, pass } = turnedClock()
  const sent: (OutboxEntry & { answer: (ack: Ack<Message> | undefined) => void })[] = []
  const here = { self, newest: 0, ids: 0 }
  const tab = of.openTab()
  const outbox = createOutbox({
    ...tab,
    storage: of.storage,
    ask: (entry) => new Promise((answer) => sent.push({ ...entry, answer })),
    self: () => here.self,
    limit: () => limit,
    learn: () => {},
    newest: () => here.newest,
    reached: (_room, seq) => seq <= here.newest,
    refuse: () => {},
    clock,
  })
  const shown = applyOptimisticState(outbox, () => here.self)
  async function answer(index: number, ack: Ack<Message> | undefined): Promise<void> {
    sent[index]!.answer(ack)
    await settled()
  }
  return {
    outbox,
    pass,
    sent,
    here,
    of,
    ...tab,
    write(text: string, more: { room?: string; replyTo?: string } = {}) {
      outbox.add({ does: 'send', id: `${text}'s id`, room: 'lobby', text, ...more })
    },
    async flow(on: boolean) {
      outbox.flow(on)
      await settled()
    },
    /** The room's log shows these, and nothing after `seq`. */
    show(seq: number, arrived: Message[] = []) {
      here.newest = seq
      outbox.settle(arrived)
    },
    texts: () => sent.map(({ text }) => text),
    states: () => shown.messages.value.map(({ text, state }) => `${text}: ${state}`),
    shown,
    accept: (index: number, seq: number) =>
      answer(index, { ok: true, data: message(seq, { id: sent[index]!.id }) }),
    refuse: (index: number, code: ErrorCode, retryAfter?: number) =>
      answer(index, { ok: false, error: { code, message: '', retryAfter } }),
    lose: (index: number) => answer(index, undefined),
  }
}
