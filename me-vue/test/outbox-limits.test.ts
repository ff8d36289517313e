import { describe, expect, test } from '@jest/globals'
import { createSendRate } from '../src/chat/outbox/send-rate.ts'
import { testOutbox } from './support/outbox.ts'

describe('refused messages', () => {
  test('a finally refused message stays with its reason, to be retried or removed', async () => {
    const { show, outbox, flow, write, refuse, states, texts, shown } = testOutbox()
    await flow(true)
    write('one')
    show(7)
    await refuse(0, 'MUTED')
    expect(states()).toEqual(['one: failed'])
    expect(shown.messages.value[0]).toMatchObject({ after: 7, error: { code: 'MUTED' } })
    outbox.tryAgain("send one's id")
    expect(texts()).toEqual(['one', 'one'])
    await refuse(1, 'MUTED')
    void outbox.drop("send one's id")
    expect(states()).toEqual([])
  })

  test('a rate-limited room is held, then resumes with one message at a time until one is accepted', async () => {
    const { flow, write, refuse, accept, pass, texts, shown } = testOutbox()
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

  test('a rate-limited room stays held while the connection lasts', async () => {
    const { flow, write, refuse, texts, shown } = testOutbox()
    await flow(true)
    write('one')
    await refuse(0, 'RATE_LIMITED', 30)
    await flow(true)
    expect(texts()).toEqual(['one'])
    expect(shown.heldUntil('lobby')).not.toBeNull()
  })

  test('a rate-limited room holds neither other rooms nor deletions', async () => {
    const { outbox, flow, write, refuse, texts } = testOutbox()
    await flow(true)
    write('one')
    await refuse(0, 'RATE_LIMITED', 60)
    write('two')
    write('elsewhere', { room: 'attic' })
    outbox.add({ does: 'delete', id: 'm1', room: 'lobby', text: 'removed' })
    expect(texts()).toEqual(['one', 'elsewhere', 'removed'])
  })

  test('a message refused with UNAVAILABLE is retried with growing delays and the same id', async () => {
    const { flow, write, refuse, lose, pass, sent } = testOutbox()
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

test('the outbox sends no faster than the server’s message limit', async () => {
  const { flow, write, accept, pass, texts, shown } = testOutbox({ limit: { count: 3, seconds: 10 } })
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

test('a clock that is set back by an hour holds no message for an hour', () => {
  let now = Date.UTC(2026, 2, 3, 12)
  const rate = createSendRate(() => ({ count: 2, seconds: 10 }), { now: () => now })
  for (const _ of [1, 2]) rate.took()
  expect([rate.left(0), rate.wait()]).toEqual([0, 10_250])
  now -= 3_600_000
  expect([rate.left(0), rate.wait()]).toEqual([2, 0])
  for (const _ of [1, 2]) rate.took()
  expect([rate.left(0), rate.wait()]).toEqual([0, 10_250])
})

test('the outbox has at most twenty messages under way without a limit', async () => {
  const { flow, write, sent, accept } = testOutbox()
  for (let n = 0; n < 22; n++) write(`${n}`)
  await flow(true)
  expect(sent).toHaveLength(20)
  await accept(0, 1)
  expect(sent).toHaveLength(21)
})
