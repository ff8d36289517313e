import { describe, expect, test } from '@jest/globals'
import type { Message } from 'me-api/contract'
import {
  asOf,
  beforeAround,
  beforeNewer,
  type HistorySlice,
  historyAround,
  withNewer,
  withOlder,
} from '../src/chat/timeline/history-slice.ts'
import { emptyLog } from '../src/chat/client/message-log.ts'

const message = (seq: number, rev = seq): Message => ({
  id: `m${seq}`,
  room: 'lobby',
  seq,
  rev,
  author: { id: 'a', nick: 'Ada', role: 'visitor' },
  text: `${seq} as of ${rev}`,
  sentAt: '2026-03-03T10:00:00.000Z',
})
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index))
const seqs = ({ messages }: { messages: readonly Message[] }) => messages.map(({ seq }) => seq)

describe('history around a message', () => {
  test('the history around a message has more on either side', () => {
    expect(beforeAround(300)).toBe(351)
    const past = historyAround(300, { messages: range(251, 350), more: true })
    expect(past).toMatchObject({ older: true, newer: true })
  })

  test('the history around a message ends where the room ends', () => {
    expect(historyAround(300, { messages: range(221, 320), more: true })).toMatchObject({ newer: false })
  })

  test('the history around a missing message is null', () => {
    expect(historyAround(300, { messages: range(1, 10), more: false })).toBeNull()
  })

  test('the history around a message grows both ways without gaps or duplicates', () => {
    const past = historyAround(300, { messages: range(251, 350), more: true })!
    const older = withOlder(past, { messages: range(151, 250), more: true })
    expect(beforeNewer(older)).toBe(451)
    const both = withNewer(older, { messages: range(341, 440), more: true })
    expect(seqs(both)).toEqual(seqs({ messages: range(151, 440) }))
    expect(both).toMatchObject({ older: true, newer: false })
  })
})

describe('showing history beside the live log', () => {
  const past: HistorySlice = { messages: range(1, 5), older: false, newer: false }

  test('shown history uses the newest revisions of the live log', () => {
    const live = {
      ...emptyLog,
      cursor: 99,
      messages: [message(5, 98)],
      ahead: new Map([['m2', message(2, 97)]]),
    }
    expect(asOf(live, past).messages.map(({ rev }) => rev)).toEqual([1, 97, 3, 4, 98])
  })

  test('shown history continues with the live log when nothing is missing between them', () => {
    const live = { ...emptyLog, cursor: 8, messages: range(4, 8) }
    expect(seqs(asOf(live, past))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(seqs(asOf({ ...live, messages: range(7, 8) }, past))).toEqual([1, 2, 3, 4, 5])
    expect(seqs(asOf(live, { ...past, newer: true }))).toEqual([1, 2, 3, 4, 5])
  })
})
