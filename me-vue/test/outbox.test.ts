import { describe, expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import { settled } from './support/clock.ts'
import { message } from './support/messages.ts'
import { ada, testOutbox } from './support/outbox.ts'

describe('sending while connected', () => {
  test('messages are sent in the order written, without waiting for each other', async () => {
    const { flow, write, texts, states } = testOutbox()
    await flow(true)
    write('one')
    write('two')
    expect(texts()).toEqual(['one', 'two'])
    expect(states()).toEqual(['one: sending', 'two: sending'])
  })

  test('a sent message stays visible from its acknowledgement until the log shows it', async () => {
    const { flow, write, accept, show, states } = testOutbox()
    await flow(true)
    write('one')
    await accept(0, 7)
    expect(states()).toEqual(['one: sent'])
    show(6)
    expect(states()).toEqual(['one: sent'])
    show(7, [message(7, { id: "one's id" })])
    expect(states()).toEqual([])
  })

  test('a sent message that the log shows before its acknowledgement leaves the outbox at once', async () => {
    const { flow, write, accept, show, states } = testOutbox()
    await flow(true)
    write('one')
    show(7, [message(7, { id: "one's id" })])
    await accept(0, 7)
    expect(states()).toEqual([])
  })

  test('a repeated message that was stored long ago leaves the outbox once it is acknowledged', async () => {
    const { flow, write, accept, show, states } = testOutbox()
    await flow(true)
    write('one')
    show(50)
    await accept(0, 7)
    expect(states()).toEqual([])
  })
})

describe('sending without a connection', () => {
  test('messages wait without a connection and are sent with their ids when it is back', async () => {
    const { flow, write, sent, states } = testOutbox()
    write('one')
    write('two')
    expect(sent).toEqual([])
    expect(states()).toEqual(['one: waiting', 'two: waiting'])
    await flow(true)
    expect(sent.map(({ id }) => id)).toEqual(["one's id", "two's id"])
  })

  test('a message under way when the connection broke is sent again with the same id', async () => {
    const { flow, write, sent, lose, states } = testOutbox()
    await flow(true)
    write('one')
    await flow(false)
    await lose(0)
    expect(states()).toEqual(['one: waiting'])
    await flow(true)
    expect(sent.map(({ id }) => id)).toEqual(["one's id", "one's id"])
  })

  test('waiting messages survive their tab, in order, with their ids and replies', async () => {
    const before = testOutbox()
    await before.flow(true)
    before.write('under way')
    await before.flow(false)
    before.write('waiting', { replyTo: 'm1' })
    await settled()
    before.close()
    const after = testOutbox({ of: before.of })
    await settled()
    expect(after.states()).toEqual(['under way: waiting', 'waiting: waiting'])
    await after.flow(true)
    expect(after.sent).toMatchObject([
      { id: "under way's id" },
      { id: "waiting's id", text: 'waiting', replyTo: 'm1' },
    ])
  })

  test('an acknowledged message is not sent again by the next tab', async () => {
    const before = testOutbox()
    await before.flow(true)
    before.write('stored')
    await before.accept(0, 7)
    const after = testOutbox({ of: before.of })
    await settled()
    expect(after.states()).toEqual([])
  })

  test('waiting messages keep their order when the clock is turned back', async () => {
    const first = testOutbox()
    await first.pass(60_000)
    first.write('one')
    await settled()
    const second = testOutbox({ of: first.of })
    await settled()
    second.write('two')
    expect(second.states()).toEqual(['one: waiting', 'two: waiting'])
  })
})

describe('the author of waiting messages', () => {
  test('a waiting message is held while the user is another person, and can still be retried', async () => {
    const { here, write, flow, texts, states, shown, outbox, refuse } = testOutbox()
    write('by Ada')
    here.self = { id: 'bo', nick: 'Bo', role: 'member' }
    await flow(true)
    expect(texts()).toEqual([])
    expect(states()).toEqual(['by Ada: failed'])
    expect(shown.messages.value[0]).toMatchObject({ author: { nick: 'Ada' }, error: { code: 'WRITTEN_AS' } })
    outbox.tryAgain("send by Ada's id")
    expect(texts()).toEqual(['by Ada'])
    // The message was already stored when Ada wrote it.
    await refuse(0, 'CONFLICT')
    expect(states()).toEqual([])
  })

  test('a waiting message is sent under a new visitor id with the same nick', async () => {
    const { here, write, flow, texts } = testOutbox()
    write('still me')
    here.self = { id: 'ada again', nick: 'Ada', role: 'visitor' }
    await flow(true)
    expect(texts()).toEqual(['still me'])
  })

  test('a member’s waiting message is hidden from the next user and sent when the member is back', async () => {
    const member: Person = { id: 'cy', nick: 'Cy', role: 'member' }
    const { here, write, flow, texts, states } = testOutbox({ self: member })
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
