import { expect, test } from '@jest/globals'
import type { Person } from 'me-api/contract'
import type { Pending } from '../src/chat/outbox/pending.ts'
import { timelineItems } from '../src/chat/timeline/timeline-items.ts'
import { messages } from './support/messages.ts'

const nothing: Pending = { reactions: new Map(), edits: new Map(), removals: new Map() }

test('waiting messages are shown below the log under the user’s name', () => {
  const self = { id: 'me', nick: 'Me', role: 'visitor' } as const
  const waiting = {
    id: 'w',
    room: 'lobby',
    text: 'hej',
    writtenAt: '2026-03-03T12:00:00Z',
    state: 'waiting',
  } as const
  const lines = timelineItems(messages(1, 2), [waiting], self, nothing)
  expect(lines.map(({ text }) => text)).toEqual(['words 1', 'words 2', 'hej'])
  expect(lines[2]).toMatchObject({ author: self, state: 'waiting' })
})

test('pending reactions, edits and deletions are shown on their messages only', () => {
  const pending: Pending = {
    reactions: new Map([['m1', { '👍': true }]]),
    edits: new Map([['m2', { text: 'better', state: 'sending' }]]),
    removals: new Map([
      ['m3', 'undoable'],
      ['elsewhere', 'undoable'],
    ]),
  }
  const log = messages(1, 4)
  const lines = timelineItems(log, [], { id: 'ada', nick: 'Ada', role: 'visitor' }, pending)
  expect(lines).toEqual([
    { ...log[0], reactions: { '👍': ['ada'] } },
    { ...log[1], text: 'better', edit: 'sending' },
    { ...log[2], removal: 'undoable' },
    log[3],
  ])
})

test('a waiting message shows its stored author until the server has named the user', () => {
  const ada = { id: 'ada', nick: 'Ada', role: 'visitor' } as const
  const waiting = { id: 'm9', room: 'lobby', text: 'hi', writtenAt: '2026-11-21T12:00:00.000Z', author: ada }
  const authorAs = (self: Person | null) =>
    timelineItems([], [{ ...waiting, state: 'waiting' }], self, nothing)[0]?.author
  expect(authorAs(null)).toEqual(ada)
  expect(authorAs({ ...ada, nick: 'Ada L' })).toEqual({ ...ada, nick: 'Ada L' })
})

test.each([
  ['in its place among the messages that are held', 2, [1, 2, 'refused', 3, 4]],
  ['after the last one while nothing newer has come', 4, [1, 2, 3, 4, 'refused']],
  ['below all where its place is not loaded', 0, [1, 2, 3, 4, 'refused']],
])('a refused message stands %s', (_, after, expected) => {
  const refused = { id: 'refused', room: 'lobby', text: 'hi', writtenAt: '2026-11-21T12:00:00.000Z', after }
  const items = timelineItems(messages(1, 4), [{ ...refused, state: 'failed' }], null, nothing)
  expect(items.map(({ seq, id }) => seq ?? id)).toEqual(expected)
})
