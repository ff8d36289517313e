import { describe, expect, test } from '@jest/globals'
import { suggestNick, allowedPart } from '../src/chat/composer/suggest-nick.ts'
import { countAfter, emptyLog } from '../src/chat/client/message-log.ts'
import { timelineItems } from '../src/chat/timeline/timeline-items.ts'
import { message, messages } from './support/messages.ts'

describe('suggesting a free nick', () => {
  test('the suggested nick is the wanted one with a free number', () => {
    expect(suggestNick('Ada', ['ada', 'Ada-2', 'Bo'])).toBe('Ada-3')
  })

  test('the suggested nick has only allowed characters, and at most 24', () => {
    expect(suggestNick('<Ada 🦊>', [])).toBe('Ada')
    expect(suggestNick('a'.repeat(40), ['a'.repeat(24)])).toBe(`${'a'.repeat(22)}-2`)
  })

  test('the suggested nick is invented when nothing of the wanted one is allowed', () => {
    expect(suggestNick('🦊', [], () => 0)).toBe('quiet-fox')
  })
})

describe('repairing an invalid nick', () => {
  const names = ['Ada Lovelace', '', 'ägare', 'owner']

  test.each([
    ['<<ada>>', 'ada'],
    ['Bo ❤️', 'Bo'],
    ['example.com', ''],
    ['<example.com>', ''],
    ['🦊', ''],
    ['<owner>', ''],
    ['Ada Lovelace!', ''],
    ['<ada-lovelace> 2', ''],
    ['*ÄGARE*', ''],
  ])('the nick %s is repaired to "%s"', (wanted, left) => {
    expect(allowedPart(wanted, names)).toBe(left)
  })
})

const nothing = { reactions: new Map(), edits: new Map(), removals: new Map() }

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

test('only messages of other people count as new', () => {
  const mine = message(3, { author: { id: 'me', nick: 'Me', role: 'visitor' } })
  const log = { ...emptyLog, messages: [...messages(1, 2), mine, message(4)] }
  expect(countAfter(log, 1, 'me')).toBe(2)
  expect(countAfter(log, 4, 'me')).toBe(0)
})
