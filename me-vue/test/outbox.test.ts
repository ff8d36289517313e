import { describe, expect, test } from '@jest/globals'
import type { Ack, ErrorCode, Message, Person } from 'me-api/contract'
import { showOnItsWay } from '../src/chat/writing/on-its-way.ts'
import { createOutbox } from '../src/chat/writing/outbox.ts'
import type { Errand } from '../src/chat/writing/errand.ts'
import type { Limit } from '../src/chat/writing/pace.ts'
import { settled, turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'
import { browser } from './support/writing.ts'

const ada: Person = { id: 'ada', nick: 'Ada', role: 'visitor' }

/** A tab of a browser, and a server that answers when it is told to. */
function postOffice({ of = browser(), self = ada, limit = null as Limit } = {}) {
  const { clock, pass } = turnedClock()
  const sent: (Errand & { answer: (ack: Ack<Message> | undefined) => void })[] = []
  const here = { self, newest: 0, ids: 0 }
  const tab = of.openTab()
  const outbox = createOutbox({
    ...tab,
    shelf: of.shelf,
    ask: (errand) => new Promise((answer) => sent.push({ ...errand, answer })),
    self: () => here.self,
    limit: () => limit,
    learn: () => {},
    reached: (_room, seq) => seq <= here.newest,
    refuse: () => {},
    clock,
  })
  const shown = showOnItsWay(outbox, () => here.self)
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

describe('while connected', () => {
  test('messages are sent in the order written, without waiting for each other', async () => {
    const { flow, write, texts, states } = postOffice()
    await flow(true)
    write('one')
    write('two')
    expect(texts()).toEqual(['one', 'two'])
    expect(states()).toEqual(['one: sending', 'two: sending'])
  })

  test('a message stays in sight from its acknowledgement until the log shows it', async () => {
    const { flow, write, accept, show, states } = postOffice()
    await flow(true)
    write('one')
    await accept(0, 7)
    expect(states()).toEqual(['one: sent'])
    show(6)
    expect(states()).toEqual(['one: sent'])
    show(7, [message(7, { id: "one's id" })])
    expect(states()).toEqual([])
  })

  test('a message that the log shows before its acknowledgement is gone at once, and stays gone', async () => {
    const { flow, write, accept, show, states } = postOffice()
    await flow(true)
    write('one')
    show(7, [message(7, { id: "one's id" })])
    await accept(0, 7)
    expect(states()).toEqual([])
  })

  test('a message stored long ago, sent again, is not shown below what came after it', async () => {
    const { flow, write, accept, show, states } = postOffice()
    await flow(true)
    write('one')
    show(50)
    await accept(0, 7)
    expect(states()).toEqual([])
  })
})

describe('without a connection', () => {
  test('messages wait, and are sent with their ids when it is back', async () => {
    const { flow, write, sent, states } = postOffice()
    write('one')
    write('two')
    expect(sent).toEqual([])
    expect(states()).toEqual(['one: waiting', 'two: waiting'])
    await flow(true)
    expect(sent.map(({ id }) => id)).toEqual(["one's id", "two's id"])
  })

  test('what was under way when it broke is sent again with the same id', async () => {
    const { flow, write, sent, lose, states } = postOffice()
    await flow(true)
    write('one')
    await flow(false)
    await lose(0)
    expect(states()).toEqual(['one: waiting'])
    await flow(true)
    expect(sent.map(({ id }) => id)).toEqual(["one's id", "one's id"])
  })

  test('what waits survives its tab, in order, with its id and what it answers', async () => {
    const before = postOffice()
    await before.flow(true)
    before.write('under way')
    await before.flow(false)
    before.write('waiting', { replyTo: 'm1' })
    await settled()
    before.close()
    const after = postOffice({ of: before.of })
    await settled()
    expect(after.states()).toEqual(['under way: waiting', 'waiting: waiting'])
    await after.flow(true)
    expect(after.sent).toMatchObject([
      { id: "under way's id" },
      { id: "waiting's id", text: 'waiting', replyTo: 'm1' },
    ])
  })

  test('what was stored is not sent again by the next tab', async () => {
    const before = postOffice()
    await before.flow(true)
    before.write('stored')
    await before.accept(0, 7)
    const after = postOffice({ of: before.of })
    await settled()
    expect(after.states()).toEqual([])
  })

  test('a clock that is turned back does not turn the order', async () => {
    const first = postOffice()
    await first.pass(60_000)
    first.write('one')
    await settled()
    const second = postOffice({ of: first.of })
    await settled()
    second.write('two')
    expect(second.states()).toEqual(['one: waiting', 'two: waiting'])
  })
})

describe('a shelf that is full', () => {
  test('keeps nothing from being sent, and one is told what would be lost with the tab', async () => {
    const { of, write, flow, accept, states, shown } = postOffice()
    of.state.full = true
    write('one')
    await settled()
    expect(states()).toEqual(['one: waiting'])
    expect(shown.fragile.value).toBe(true)
    await flow(true)
    expect(states()).toEqual(['one: sending'])
    expect(shown.fragile.value).toBe(false)
    await accept(0, 1)
    expect(shown.fragile.value).toBe(false)
  })

  test('makes each tab send what only it has', async () => {
    const one = postOffice()
    const other = postOffice({ of: one.of })
    await one.flow(true)
    await other.flow(true)
    one.of.state.full = true
    other.write('only here')
    await settled()
    expect(one.texts()).toEqual([])
    expect(other.texts()).toEqual(['only here'])
    await other.accept(0, 7)
    other.show(7)
    expect(other.states()).toEqual([])
  })
})

describe('two tabs', () => {
  async function twoTabs() {
    const one = postOffice()
    const other = postOffice({ of: one.of })
    await one.flow(true)
    await other.flow(true)
    return { one, other }
  }

  test('show the same, and the one that was written in last sends', async () => {
    const { one, other } = await twoTabs()
    one.write('here')
    await settled()
    expect(other.states()).toEqual(['here: sending'])
    other.write('there')
    await settled()
    expect(one.texts()).toEqual(['here'])
    // What the one had under way is sent again with its id, so that the order is kept.
    expect(other.texts()).toEqual(['here', 'there'])
    await other.accept(0, 7)
    await other.accept(1, 8)
    expect(one.states()).toEqual(['here: sent', 'there: sent'])
    await one.accept(0, 7)
    expect(one.states()).toEqual(['here: sent', 'there: sent'])
    expect(other.states()).toEqual(one.states())
    one.show(8)
    expect(one.states()).toEqual([])
  })

  test('the other takes over when the one is closed', async () => {
    const { one, other } = await twoTabs()
    one.write('mine')
    await settled()
    expect(other.texts()).toEqual([])
    one.close()
    await settled()
    expect(other.texts()).toEqual(['mine'])
  })

  test('the other takes over when the one is no longer connected', async () => {
    const { one, other } = await twoTabs()
    await one.flow(false)
    one.write('from the tunnel')
    await settled()
    expect(other.texts()).toEqual(['from the tunnel'])
  })

  test('the other sends what the one cannot that was suspended with its lock', async () => {
    const { one, other } = await twoTabs()
    one.suspend()
    other.write('from here')
    await settled()
    expect(other.texts()).toEqual(['from here'])
  })

  test('what is removed in one is gone in the other', async () => {
    const one = postOffice()
    const other = postOffice({ of: one.of })
    one.write('never mind')
    await settled()
    expect(other.states()).toEqual(['never mind: waiting'])
    void other.outbox.drop(other.outbox.list()[0]!.key)
    await settled()
    expect(one.states()).toEqual([])
  })
})

describe('a refusal', () => {
  test('for good leaves the message with its reason, to try again or to remove', async () => {
    const { outbox, flow, write, refuse, states, texts, shown } = postOffice()
    await flow(true)
    write('one')
    await refuse(0, 'MUTED')
    expect(states()).toEqual(['one: failed'])
    expect(shown.messages.value[0]?.error?.code).toBe('MUTED')
    outbox.tryAgain("send one's id")
    expect(texts()).toEqual(['one', 'one'])
    await refuse(1, 'MUTED')
    void outbox.drop("send one's id")
    expect(states()).toEqual([])
  })

  test('for haste holds the room, then goes on by itself, one at a time until one is through', async () => {
    const { flow, write, refuse, accept, pass, texts, shown } = postOffice()
    await flow(true)
    for (const text of ['one', 'two']) write(text)
    await refuse(0, 'RATE_LIMITED', 3)
    await refuse(1, 'RATE_LIMITED', 3)
    write('three')
    expect(shown.heldUntil('lobby')).not.toBeNull()
    await pass(2_999)
    expect(texts()).toEqual(['one', 'two'])
    await pass(1)
    expect(shown.heldUntil('lobby')).toBeNull()
    expect(texts()).toEqual(['one', 'two', 'one'])
    await accept(2, 1)
    expect(texts()).toEqual(['one', 'two', 'one', 'two', 'three'])
  })

  test('for haste is not forgotten by what does not break the connection', async () => {
    const { flow, write, refuse, texts, shown } = postOffice()
    await flow(true)
    write('one')
    await refuse(0, 'RATE_LIMITED', 30)
    await flow(true)
    expect(texts()).toEqual(['one'])
    expect(shown.heldUntil('lobby')).not.toBeNull()
  })

  test('in a slow room holds no other room, and no removal', async () => {
    const { outbox, flow, write, refuse, texts } = postOffice()
    await flow(true)
    write('one')
    await refuse(0, 'RATE_LIMITED', 60)
    write('two')
    write('elsewhere', { room: 'attic' })
    outbox.add({ does: 'delete', id: 'm1', room: 'lobby', text: 'removed' })
    expect(texts()).toEqual(['one', 'elsewhere', 'removed'])
  })

  test('because nothing could be stored is met with patience and the same id', async () => {
    const { flow, write, refuse, lose, pass, sent } = postOffice()
    await flow(true)
    write('one')
    await refuse(0, 'UNAVAILABLE')
    await pass(1_000)
    await lose(1)
    await pass(1_999)
    expect(sent).toHaveLength(2)
    await pass(1)
    expect(sent.map(({ id }) => id)).toEqual(["one's id", "one's id", "one's id"])
  })
})

test('no more go out than the server takes, and the rest when it takes more', async () => {
  const { flow, write, accept, pass, texts, shown } = postOffice({ limit: { count: 3, seconds: 10 } })
  for (let n = 1; n <= 5; n++) write(`${n}`)
  await flow(true)
  expect(texts()).toEqual(['1', '2', '3'])
  await accept(0, 1)
  await pass(9_000)
  expect(texts()).toHaveLength(3)
  expect(shown.heldUntil('lobby')).not.toBeNull()
  await pass(1_250)
  expect(texts()).toEqual(['1', '2', '3', '4', '5'])
})

test('without a limit no more than twenty are under way at once', async () => {
  const { flow, write, sent, accept } = postOffice()
  for (let n = 0; n < 22; n++) write(`${n}`)
  await flow(true)
  expect(sent).toHaveLength(20)
  await accept(0, 1)
  expect(sent).toHaveLength(21)
})

describe('who wrote it', () => {
  test('goes out as who wrote it, and waits in sight while one is somebody else', async () => {
    const { here, write, flow, texts, states, shown, outbox, refuse } = postOffice()
    write('by Ada')
    here.self = { id: 'bo', nick: 'Bo', role: 'member' }
    await flow(true)
    expect(texts()).toEqual([])
    expect(states()).toEqual(['by Ada: failed'])
    expect(shown.messages.value[0]).toMatchObject({ author: { nick: 'Ada' }, error: { code: 'WRITTEN_AS' } })
    outbox.tryAgain("send by Ada's id")
    expect(texts()).toEqual(['by Ada'])
    // It had been stored, when Ada was Ada.
    await refuse(0, 'CONFLICT')
    expect(states()).toEqual([])
  })

  test('a visitor whom the server no longer knows is the same person under the same nick', async () => {
    const { here, write, flow, texts } = postOffice()
    write('still me')
    here.self = { id: 'ada again', nick: 'Ada', role: 'visitor' }
    await flow(true)
    expect(texts()).toEqual(['still me'])
  })

  test('what somebody with an account wrote is not shown to who comes after, and goes out when they are back', async () => {
    const member: Person = { id: 'cy', nick: 'Cy', role: 'member' }
    const { here, write, flow, texts, states } = postOffice({ self: member })
    write('private')
    here.self = ada
    await flow(true)
    expect(states()).toEqual([])
    await flow(false)
    here.self = member
    await flow(true)
    expect(texts()).toEqual(['private'])
  })
})
