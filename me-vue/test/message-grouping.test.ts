import { expect, test } from '@jest/globals'
import { standing } from '../src/chat/timeline/message-grouping.ts'
import { message } from './support/messages.ts'

const bo = { id: 'bo', nick: 'Bo', role: 'visitor' } as const
const at = (sentAt: string, more = {}) => message(1, { sentAt, ...more })

test('the first message starts a day and a message group', () => {
  expect(standing(message(1), undefined)).toEqual({ newDay: true, newTile: true })
})

test('messages of one person within five minutes share a group', () => {
  expect(standing(at('2026-03-03T12:04:59Z'), at('2026-03-03T12:00:00Z')).newTile).toBe(false)
  expect(standing(at('2026-03-03T12:05:01Z'), at('2026-03-03T12:00:00Z')).newTile).toBe(true)
})

test('another author, another day and a reply each start a new group', () => {
  const above = at('2026-03-03T12:00:00Z')
  expect(standing(at('2026-03-03T12:00:01Z', { author: bo }), above).newTile).toBe(true)
  expect(standing(at('2026-03-03T12:00:01Z', { replyTo: 'm0' }), above).newTile).toBe(true)
  expect(standing(at('2026-03-05T12:00:00Z'), above)).toEqual({ newDay: true, newTile: true })
})
