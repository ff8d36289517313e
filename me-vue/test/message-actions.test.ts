import { describe, expect, test } from '@jest/globals'
import type { Ack, Message } from 'me-api/contract'
import { mayDelete, mayEdit } from '../src/chat/client/message-actions.ts'
import { withOptimisticReactions } from '../src/chat/outbox/optimistic-reactions.ts'
import { createReactions } from '../src/chat/outbox/reactions.ts'
import { settled } from './support/clock.ts'
import { message } from './support/messages.ts'

type Answer = Ack<Message> | undefined

/** A server that answers when it is told to, in any order. */
function server() {
  const asked: { data: unknown; answer: (answer: Answer) => Promise<void> }[] = []
  const learnt: Message[] = []
  const refused: string[] = []
  return {
    asked,
    learnt,
    refused,
    parts: {
      ask: (data: unknown) =>
        new Promise<Answer>((done) => asked.push({ data, answer: (answer) => (done(answer), settled()) })),
      learn: (known: Message) => void learnt.push(known),
      refuse: (why: string) => void refused.push(why),
    },
  }
}
const ok = (data = message(1)): Answer => ({ ok: true, data })
const no = (code: 'FORBIDDEN' | 'RATE_LIMITED'): Answer => ({
  ok: false,
  error: { code, message: '' },
})

describe('reacting to a message', () => {
  test('a reaction is pending until it is answered, then taken into the log', async () => {
    const { parts, asked, learnt } = server()
    const { react, wanted } = createReactions(parts)
    void react(message(1), '👍', true)
    expect(asked[0]!.data).toEqual({ id: 'm1', emoji: '👍', on: true })
    expect(wanted.value.get('m1')).toEqual({ '👍': true })
    await asked[0]!.answer(ok())
    expect(wanted.value.size).toBe(0)
    expect(learnt).toHaveLength(1)
  })

  test('a refused or unanswered reaction is withdrawn with the reason', async () => {
    const { parts, asked, refused } = server()
    const { react, wanted } = createReactions(parts)
    void react(message(1), '👍', true)
    void react(message(2), '👍', true)
    await asked[0]!.answer(no('FORBIDDEN'))
    await asked[1]!.answer(undefined)
    expect(wanted.value.size).toBe(0)
    expect(refused).toEqual(['FORBIDDEN', 'UNAVAILABLE'])
  })

  test('a reaction clicked again before its answer keeps the last click', async () => {
    const { parts, asked, refused } = server()
    const { react, wanted } = createReactions(parts)
    void react(message(1), '👍', true)
    void react(message(1), '👍', false)
    await asked[0]!.answer(no('RATE_LIMITED'))
    expect(wanted.value.get('m1')).toEqual({ '👍': false })
    expect(refused).toEqual([])
    await asked[1]!.answer(ok())
    expect(wanted.value.size).toBe(0)
  })

  test('a twenty-first kind of reaction is refused without a request', () => {
    const { parts, asked, refused } = server()
    const { react } = createReactions(parts)
    const signs = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(0x1f600 + index))
    const full = message(1, { reactions: Object.fromEntries(signs.map((sign) => [sign, ['bo']])) })
    void react(full, '👍', true)
    expect(refused).toEqual(['FULL'])
    void react(full, signs[0]!, true)
    expect(asked).toHaveLength(1)
  })

  test('a pending reaction is shown as if it were already added or removed', () => {
    const reactions = { '👍': ['bo', 'ada'], '🔥': ['bo'] }
    expect(withOptimisticReactions(reactions, { '👍': false, '🔥': true, '👏': true }, 'ada')).toEqual({
      '👍': ['bo'],
      '🔥': ['bo', 'ada'],
      '👏': ['ada'],
    })
    expect(withOptimisticReactions(reactions, { '👍': true }, 'ada')).toEqual(reactions)
  })
})

test('authors may edit and delete their own messages, and the owner may delete any', () => {
  const [ada, bo, owner] = [
    { id: 'ada', nick: 'Ada', role: 'visitor' },
    { id: 'bo', nick: 'Bo', role: 'visitor' },
    { id: 'eve', nick: 'Eve', role: 'owner' },
  ] as const
  const hers = message(1)
  expect([ada, bo, owner, null].map((by) => mayEdit(by, hers))).toEqual([true, false, false, false])
  expect([ada, bo, owner, null].map((by) => mayDelete(by, hers))).toEqual([true, false, true, false])
})
