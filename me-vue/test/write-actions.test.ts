import { describe, expect, test } from '@jest/globals'
import type { Ack, ErrorCode, Message, Person } from 'me-api/contract'
import { createWriteActions } from '../src/chat/outbox/write-actions.ts'
import { settled, turnedClock } from './support/clock.ts'
import { message } from './support/messages.ts'
import { browser } from './support/browser.ts'

const ada: Person = { id: 'ada', nick: 'Ada', role: 'visitor' }
const owner: Person = { id: 'me', nick: 'Me', role: 'owner' }

/** A writer, and a server that answers when it is told to, in any order. */
function writer({ of = browser(), online = true, self = ada } = {}) {
  const { clock, pass } = turnedClock()
  const asked: { event: string; data: unknown; answer: (ack: Ack<Message> | undefined) => void }[] = []
  const learnt: Message[] = []
  const emitWithAck = (event: string, data: unknown) =>
    new Promise((answer) => asked.push({ event, data, answer }))
  const writing = createWriteActions({
    storage: of.storage,
    ...of.openTab(),
    socket: { timeout: () => ({ emitWithAck }) } as never,
    clock,
    patience: 8_000,
    self: () => self,
    limit: () => null,
    learn: (known) => void learnt.push(known),
    newest: () => undefined,
    reached: () => true,
    onSilent: () => {},
  })
  writing.flow(online)
  async function answer(index: number, ack: Ack<Message> | undefined): Promise<void> {
    asked[index]!.answer(ack)
    await settled()
  }
  return {
    ...writing,
    of,
    pass,
    asked,
    learnt,
    accept: (index: number) => answer(index, { ok: true, data: message(1) }),
    refuse: (index: number, code: ErrorCode, retryAfter?: number) =>
      answer(index, { ok: false, error: { code, message: '', retryAfter } }),
    lose: (index: number) => answer(index, undefined),
    edited: () => writing.pending.value.edits.get('m1'),
    removed: () => writing.pending.value.removals.get('m1'),
  }
}

async function online(options?: Parameters<typeof writer>[0]) {
  const one = writer(options)
  await settled()
  return one
}

test('a message is sent with what it is about, also by the next tab', async () => {
  const about = { path: '/', title: 'Ada', quote: { exact: 'engines', prefix: '', suffix: '' } }
  const before = writer({ online: false })
  before.write('lobby', 'Which ones?', { about })
  await settled()
  const { asked, flow } = writer({ of: before.of, online: false })
  await settled()
  flow(true)
  await settled()
  expect(asked).toMatchObject([{ event: 'message:send', data: { text: 'Which ones?', about } }])
})

describe('editing a message', () => {
  test('an edit is shown while it is being saved, then taken into the log', async () => {
    const { edit, edited, asked, accept, learnt } = await online()
    edit('lobby', 'm1', 'better')
    expect(edited()).toEqual({ text: 'better', state: 'sending' })
    expect(asked).toMatchObject([{ event: 'message:edit', data: { id: 'm1', text: 'better' } }])
    await accept(0)
    expect(edited()).toBeUndefined()
    expect(learnt).toHaveLength(1)
  })

  test('an edit made without a connection survives its tab and is saved later', async () => {
    const before = writer({ online: false })
    before.edit('lobby', 'm1', 'better')
    expect(before.edited()).toEqual({ text: 'better', state: 'waiting' })
    await settled()
    const after = await online({ of: before.of })
    expect(after.asked).toMatchObject([{ event: 'message:edit', data: { id: 'm1', text: 'better' } }])
  })

  test('an unanswered edit is sent again, and a refused edit stays to be retried or dropped', async () => {
    const { edit, edited, saveAgain, dropEdit, asked, lose, refuse, pass } = await online()
    edit('lobby', 'm1', 'better')
    await lose(0)
    expect(edited()?.state).toBe('waiting')
    await pass(1_000)
    await refuse(1, 'ROOM_LOCKED')
    expect(edited()).toEqual({ text: 'better', state: 'failed' })
    saveAgain('m1')
    expect(asked[2]).toMatchObject({ data: { id: 'm1', text: 'better' } })
    await refuse(2, 'ROOM_LOCKED')
    dropEdit('m1')
    expect(edited()).toBeUndefined()
  })

  test('an edit made while an earlier one is being saved is kept and sent next', async () => {
    const { edit, edited, asked, accept, pass } = await online()
    edit('lobby', 'm1', 'better')
    await pass(1)
    edit('lobby', 'm1', 'best')
    await accept(0)
    expect(edited()).toEqual({ text: 'best', state: 'sending' })
    expect(asked[1]).toMatchObject({ data: { id: 'm1', text: 'best' } })
  })

  test.each(['NOT_FOUND', 'FORBIDDEN', 'INVALID', 'TOO_LONG'] as const)(
    'the words of an edit that is refused for good as %s stand by themselves, and are not lost',
    async (code) => {
      const { edit, edited, refuse, messages } = await online()
      edit('lobby', 'm1', 'better')
      await refuse(0, code)
      expect(edited()).toBeUndefined()
      expect(messages.value).toMatchObject([
        { room: 'lobby', text: 'better', state: 'failed', error: { code } },
      ])
    },
  )
})

describe('deleting a message', () => {
  test('a deletion can be undone for five seconds before it is sent', async () => {
    const { takeAway, putBack, removed, asked, pass } = await online()
    takeAway('lobby', 'm1')
    await pass(4_999)
    expect(removed()).toBe('undoable')
    putBack('m1')
    await pass(5_000)
    expect(asked).toEqual([])
    expect(removed()).toBeUndefined()
  })

  test('a deletion is sent after five seconds and can no longer be undone', async () => {
    const { takeAway, putBack, removed, asked, accept, learnt, pass } = await online()
    takeAway('lobby', 'm1')
    await pass(5_000)
    putBack('m1')
    expect(removed()).toBe('leaving')
    expect(asked).toMatchObject([{ event: 'message:delete', data: { id: 'm1' } }])
    await accept(0)
    expect(learnt).toHaveLength(1)
    expect(removed()).toBeUndefined()
  })

  test('a waiting deletion is sent at once, and only once, when the page is left', async () => {
    const { takeAway, flush, asked, pass } = await online()
    takeAway('lobby', 'm1')
    flush()
    flush()
    await pass(10_000)
    expect(asked).toHaveLength(1)
  })

  test('a deletion made without a connection survives its tab', async () => {
    const before = writer({ online: false })
    before.takeAway('lobby', 'm1')
    await settled()
    const after = await online({ of: before.of })
    expect(after.removed()).toBe('undoable')
    await after.pass(5_000)
    expect(after.asked).toMatchObject([{ event: 'message:delete', data: { id: 'm1' } }])
  })

  test('an unanswered or rate-limited deletion is sent again, and a refused one brings the message back', async () => {
    const { takeAway, removed, asked, lose, refuse, refusal, pass } = await online()
    takeAway('lobby', 'm1')
    await pass(5_000)
    await lose(0)
    await pass(1_000)
    await refuse(1, 'RATE_LIMITED', 10)
    await pass(10_000)
    expect(removed()).toBe('leaving')
    expect(asked).toHaveLength(3)
    await refuse(2, 'FORBIDDEN')
    expect(removed()).toBeUndefined()
    expect(refusal.value?.code).toBe('FORBIDDEN')
  })

  test('a deletion of a message already gone succeeds', async () => {
    const { takeAway, refuse, refusal, pass } = await online()
    takeAway('lobby', 'm1')
    await pass(5_000)
    await refuse(0, 'NOT_FOUND')
    expect(refusal.value).toBeNull()
  })
})

describe('deletion by the owner', () => {
  test('the owner’s deletion is sent at once and can be restored for ten seconds', async () => {
    const { takeAway, putBack, removed, asked, accept, learnt, pass } = await online({ self: owner })
    takeAway('lobby', 'm1')
    expect(asked).toMatchObject([{ event: 'message:delete', data: { id: 'm1' } }])
    await accept(0)
    await pass(9_999)
    expect(removed()).toBe('undoable')
    putBack('m1')
    expect(removed()).toBeUndefined()
    expect(asked[1]).toMatchObject({ event: 'message:restore', data: { id: 'm1' } })
    await accept(1)
    expect(learnt).toHaveLength(2)
  })

  test('the owner’s deletion can be undone before its answer arrives', async () => {
    const { takeAway, putBack, asked } = await online({ self: owner })
    takeAway('lobby', 'm1')
    putBack('m1')
    expect(asked.map(({ event }) => event)).toEqual(['message:delete', 'message:restore'])
  })

  test('the owner’s deletion is final after ten seconds', async () => {
    const { takeAway, putBack, removed, asked, accept, pass } = await online({ self: owner })
    takeAway('lobby', 'm1')
    await accept(0)
    await pass(10_000)
    expect(removed()).toBeUndefined()
    putBack('m1')
    expect(asked).toHaveLength(1)
  })

  test('the owner’s deletion made without a connection can be undone before it is sent', async () => {
    const { takeAway, putBack, removed, flow, asked } = writer({ online: false, self: owner })
    takeAway('lobby', 'm1')
    putBack('m1')
    expect(removed()).toBeUndefined()
    flow(true)
    await settled()
    expect(asked).toEqual([])
  })

  test('the owner is told when the server cannot restore a message', async () => {
    const { takeAway, putBack, accept, refuse, refusal } = await online({ self: owner })
    takeAway('lobby', 'm1')
    await accept(0)
    putBack('m1')
    await refuse(1, 'NOT_FOUND')
    expect(refusal.value?.code).toBe('NOT_FOUND')
  })
})

test('a deletion is sent while a rate-limited edit waits', async () => {
  const { edit, takeAway, refuse, asked, pass } = await online()
  edit('lobby', 'm1', 'better')
  await refuse(0, 'RATE_LIMITED', 3_600)
  takeAway('lobby', 'm2')
  await pass(5_000)
  expect(asked[1]).toMatchObject({ event: 'message:delete', data: { id: 'm2' } })
})
