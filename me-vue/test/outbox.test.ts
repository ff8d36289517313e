import { describe, expect, test } from '@jest/globals'
import type { Ack, ErrorCode, Message } from 'me-api/contract'
import { createOutbox, type Draft, type Outgoing } from '../src/chat/writing/outbox.ts'
import { settled, turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'

/** A server that answers when it is told to. */
function postOffice(kept: Outgoing[] = []) {
  const { clock, pass } = turnedClock()
  const sent: (Draft & { answer: (ack: Ack<Message>) => void; lose: () => void })[] = []
  let saved = kept
  let ids = 0
  let newest = 0
  const outbox = createOutbox({
    storage: { load: () => saved, save: (items) => void (saved = [...items]) },
    send: (draft) =>
      new Promise((answer, reject) =>
        sent.push({ ...draft, answer, lose: () => reject(new Error('no answer')) }),
      ),
    reached: (_room, seq) => seq <= newest,
    clock,
    newId: () => `id${++ids}`,
  })
  return {
    outbox,
    pass,
    sent,
    /** The room's log shows these, and nothing after `seq`. */
    show(seq: number, arrived: Message[] = []) {
      newest = seq
      outbox.settle(arrived)
    },
    saved: () => saved,
    texts: () => sent.map(({ text }) => text),
    states: () => outbox.items.value.map(({ text, state }) => `${text}: ${state}`),
    async accept(index: number, seq: number) {
      sent[index]!.answer({ ok: true, data: message(seq, { id: sent[index]!.id }) })
      await settled()
    },
    async refuse(index: number, code: ErrorCode, retryAfter?: number) {
      sent[index]!.answer({ ok: false, error: { code, message: '', retryAfter } })
      await settled()
    },
    async lose(index: number) {
      sent[index]!.lose()
      await settled()
    },
  }
}

describe('while connected', () => {
  test('messages are sent in the order written, without waiting for each other', () => {
    const { outbox, texts, states } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    outbox.write('lobby', 'two')
    expect(texts()).toEqual(['one', 'two'])
    expect(states()).toEqual(['one: sending', 'two: sending'])
  })

  test('a message stays in sight from its acknowledgement until the log shows it', async () => {
    const { outbox, accept, show, states } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    await accept(0, 7)
    expect(states()).toEqual(['one: sent'])
    show(6)
    expect(states()).toEqual(['one: sent'])
    show(7, [message(7, { id: 'id1' })])
    expect(states()).toEqual([])
  })

  test('a message that the log shows before its acknowledgement is gone at once, and stays gone', async () => {
    const { outbox, accept, show, states } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    show(7, [message(7, { id: 'id1' })])
    await accept(0, 7)
    expect(states()).toEqual([])
  })

  test('a message stored long ago, sent again, is not shown below what came after it', async () => {
    const { outbox, accept, show, states } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    show(50)
    await accept(0, 7)
    expect(states()).toEqual([])
  })
})

describe('without a connection', () => {
  test('messages wait, and are sent with their ids when it is back', async () => {
    const { outbox, sent, states } = postOffice()
    outbox.write('lobby', 'one')
    outbox.write('lobby', 'two')
    expect(sent).toEqual([])
    expect(states()).toEqual(['one: waiting', 'two: waiting'])
    outbox.flow(true)
    expect(sent.map(({ id, text }) => [id, text])).toEqual([
      ['id1', 'one'],
      ['id2', 'two'],
    ])
  })

  test('what was under way when it broke is sent again with the same id', async () => {
    const { outbox, sent, lose, states } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    outbox.flow(false)
    await lose(0)
    expect(states()).toEqual(['one: waiting'])
    outbox.flow(true)
    expect(sent.map(({ id }) => id)).toEqual(['id1', 'id1'])
  })

  test('what waits survives a reload, with its id, and so does what was under way', () => {
    const before = postOffice()
    before.outbox.flow(true)
    before.outbox.write('lobby', 'under way')
    before.outbox.flow(false)
    before.outbox.write('lobby', 'waiting')
    const after = postOffice(before.saved())
    expect(after.states()).toEqual(['under way: waiting', 'waiting: waiting'])
    after.outbox.flow(true)
    expect(after.sent.map(({ id }) => id)).toEqual(['id1', 'id2'])
  })

  test('what it answers survives with it', () => {
    const before = postOffice()
    before.outbox.write('lobby', 'so do I', 'm1')
    const after = postOffice(before.saved())
    after.outbox.flow(true)
    expect(after.sent[0]).toMatchObject({ text: 'so do I', replyTo: 'm1' })
  })

  test('what was already stored is not sent again after a reload', async () => {
    const before = postOffice()
    before.outbox.flow(true)
    before.outbox.write('lobby', 'stored')
    await before.accept(0, 7)
    expect(postOffice(before.saved()).states()).toEqual([])
  })
})

describe('a refusal', () => {
  test('for good leaves the message with its reason, to try again or to remove', async () => {
    const { outbox, refuse, states, texts } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    await refuse(0, 'MUTED')
    expect(states()).toEqual(['one: failed'])
    expect(outbox.items.value[0]?.error?.code).toBe('MUTED')
    outbox.tryAgain('id1')
    expect(texts()).toEqual(['one', 'one'])
    expect(outbox.items.value[0]?.error).toBeUndefined()
    outbox.remove('id1')
    expect(states()).toEqual([])
  })

  test('for haste holds everything, then goes on by itself, one at a time until one is through', async () => {
    const { outbox, refuse, accept, pass, texts } = postOffice()
    outbox.flow(true)
    for (const text of ['one', 'two']) outbox.write('lobby', text)
    await refuse(0, 'RATE_LIMITED', 3)
    await refuse(1, 'RATE_LIMITED', 3)
    outbox.write('lobby', 'three')
    expect(outbox.heldUntil.value).not.toBeNull()
    await pass(2_999)
    expect(texts()).toEqual(['one', 'two'])
    await pass(1)
    expect(outbox.heldUntil.value).toBeNull()
    expect(texts()).toEqual(['one', 'two', 'one'])
    await accept(2, 1)
    expect(texts()).toEqual(['one', 'two', 'one', 'two', 'three'])
  })

  test('because nothing could be stored is met with patience and the same id', async () => {
    const { outbox, refuse, lose, pass, sent } = postOffice()
    outbox.flow(true)
    outbox.write('lobby', 'one')
    await refuse(0, 'UNAVAILABLE')
    await pass(1_000)
    await lose(1)
    await pass(1_999)
    expect(sent).toHaveLength(2)
    await pass(1)
    expect(sent.map(({ id }) => id)).toEqual(['id1', 'id1', 'id1'])
  })
})

test('no more than ten are under way at once', async () => {
  const { outbox, sent, accept } = postOffice()
  for (let n = 0; n < 12; n++) outbox.write('lobby', `${n}`)
  outbox.flow(true)
  expect(sent).toHaveLength(10)
  await accept(0, 1)
  expect(sent).toHaveLength(11)
})
