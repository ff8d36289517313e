import { describe, expect, test } from '@jest/globals'
import type { Change, Message } from 'me-api/contract'
import {
  addHistory,
  applyChange,
  countAfter,
  emptyLog,
  indexOfSeq,
  type MessageLog,
} from '../src/chat/client/message-log.ts'
import { change, message, messages } from './support/messages.ts'

const latest = (from: number, to: number) =>
  applyChange(emptyLog, change(from - 1, to, { from: 0, reset: true }))!
const seqs = (log: MessageLog) => log.messages.map(({ seq }) => seq)
const texts = (log: MessageLog) => log.messages.map(({ text }) => text)

describe('applying a change', () => {
  test('a change with reset gives the latest page and says whether older messages exist', () => {
    const log = latest(51, 53)
    expect(seqs(log)).toEqual([51, 52, 53])
    expect(log).toMatchObject({ cursor: 53, older: true })
    expect(latest(1, 3).older).toBe(false)
  })

  test('a change that follows the cursor is added and moves the cursor', () => {
    const log = applyChange(latest(1, 3), change(3, 5))!
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5])
    expect(log.cursor).toBe(5)
  })

  test('a change that begins above the cursor is a gap', () => {
    expect(applyChange(latest(1, 3), change(4, 6))).toBeNull()
    expect(applyChange(emptyLog, change(0, 2))).toBeNull()
  })

  test('a repeated change leaves the log unchanged', () => {
    const log = applyChange(latest(1, 3), change(3, 5))!
    expect(applyChange(log, change(3, 5))).toBe(log)
  })

  test('an overlapping change adds only new messages', () => {
    expect(seqs(applyChange(latest(1, 5), change(2, 7))!)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('a change whose messages are sorted by revision ends up in room order', () => {
    const edited = message(1, { rev: 5, text: 'edited' })
    const log = applyChange(latest(1, 2), change(2, 5, { messages: [message(3), message(4), edited] }))!
    expect(seqs(log)).toEqual([1, 2, 3, 4])
    expect(texts(log)[0]).toBe('edited')
  })

  test('a change with an older revision of a message leaves the newer one', () => {
    const edited = message(2, { rev: 4, text: 'edited' })
    const now = applyChange(latest(1, 3), change(3, 4, { messages: [edited] }))!
    const stale = applyChange(now, change(1, 5, { messages: [message(2), message(5)] }))!
    expect(texts(stale)[1]).toBe('edited')
  })

  test('a change with reset drops all messages held, also after the room started over', () => {
    const behind = applyChange(latest(1, 3), change(1_050, 1_100, { from: 0, reset: true }))!
    expect(seqs(behind)[0]).toBe(1_051)
    const anew = applyChange(behind, change(0, 2, { reset: true }))!
    expect(anew).toMatchObject({ cursor: 2, older: false })
    expect(seqs(anew)).toEqual([1, 2])
  })

  test('applying a change leaves the former log object unchanged', () => {
    const before = latest(1, 3)
    applyChange(before, change(3, 5))
    expect(seqs(before)).toEqual([1, 2, 3])
  })
})

describe('adding a page of history', () => {
  const page = (from: number, to: number, more = from > 1) => ({ messages: messages(from, to), more })

  test('a page of history goes in front of the log', () => {
    const log = addHistory(latest(51, 52), page(41, 50), 51)
    expect(seqs(log)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52])
    expect(log.older).toBe(true)
  })

  test('a last or empty page of history ends the older messages', () => {
    expect(addHistory(latest(3, 4), page(1, 2), 3).older).toBe(false)
    expect(addHistory(latest(3, 4), { messages: [], more: false }, 3).older).toBe(false)
  })

  test('a page of history is ignored when repeated or after a reset', () => {
    const once = addHistory(latest(51, 52), page(41, 50), 51)
    expect(addHistory(once, page(41, 50), 51)).toBe(once)
    const reset = applyChange(latest(51, 52), change(1_050, 1_100, { from: 0, reset: true }))!
    expect(addHistory(reset, page(41, 50), 51)).toBe(reset)
  })

  test('a page of history fetched before an edit keeps the edit', () => {
    const edited = message(45, { rev: 53, text: 'edited' })
    const raced = applyChange(latest(51, 52), change(52, 53, { messages: [edited] }))!
    expect(seqs(raced)).toEqual([51, 52])
    const whole = addHistory(raced, page(41, 50), 51)
    expect(whole.messages[indexOfSeq(whole.messages, 45)]?.text).toBe('edited')
    expect(whole.ahead.size).toBe(0)
  })

  test('a page of history fetched after an edit keeps its newer text when the change arrives late', () => {
    const page = { messages: [message(50, { rev: 54, text: 'edited twice' })], more: true }
    const edit = change(52, 53, { messages: [message(50, { rev: 53, text: 'edited' })] })
    const log = applyChange(addHistory(latest(51, 52), page, 51), edit)!
    expect(texts(log)[0]).toBe('edited twice')
  })
})

test('indexOfSeq finds a message by its seq, also in a log with gaps', () => {
  const holed = [3, 4, 7, 9, 12].map((seq) => message(seq))
  expect([3, 4, 7, 9, 12].map((seq) => indexOfSeq(holed, seq))).toEqual([0, 1, 2, 3, 4])
  expect([1, 5, 8, 13].map((seq) => indexOfSeq(holed, seq))).toEqual([-1, -1, -1, -1])
})

test('changes that are repeated and late lead to the same log', () => {
  const total = 400
  const states = new Map<number, Message>()
  const changes: Change[] = []
  for (let rev = 1; rev <= total; rev++) {
    const seq = rev % 4 === 0 ? 1 + ((rev * 7) % (states.size || 1)) : states.size + 1
    states.set(seq, message(seq, { rev, text: `at ${rev}` }))
    changes.push({ room: 'lobby', from: rev - 1, to: rev, messages: [states.get(seq)!] })
  }
  const replay = changes.flatMap((one, index) => [one, changes[Math.max(0, index - 9)]!, one])
  let log = applyChange(emptyLog, { room: 'lobby', from: 0, to: 0, messages: [], reset: true })!
  for (const one of replay) log = applyChange(log, one) ?? log
  expect(log.messages).toEqual([...states.values()].toSorted((a, b) => a.seq - b.seq))
})

test('only messages of other people count as new', () => {
  const mine = message(3, { author: { id: 'me', nick: 'Me', role: 'visitor' } })
  const log = { ...emptyLog, messages: [...messages(1, 2), mine, message(4)] }
  expect(countAfter(log, 1, 'me')).toBe(2)
  expect(countAfter(log, 4, 'me')).toBe(0)
})

test('thousands of messages are added one by one to a log of fifty thousand', () => {
  let log = latest(1, 50_000)
  // Work that grows with the square of the log's length would take minutes.
  for (let rev = 50_000; rev < 52_000; rev++) log = applyChange(log, change(rev, rev + 1))!
  expect(log.messages).toHaveLength(52_000)
})
