import { expect, test } from '@jest/globals'
import type { Room } from 'me-api/contract'
import { sortRooms } from '../src/chat/rooms/sort-rooms.ts'
import { applyChange, emptyLog } from '../src/chat/client/message-log.ts'
import { withProgress, withRooms, newMessages, unreadByRoom } from '../src/chat/notifications/unread.ts'
import { change, message, messages } from './support/messages.ts'

const room = (name: string, seq: number, rev = seq): Room => ({
  name,
  kind: 'open',
  title: name,
  locked: false,
  slowSeconds: 0,
  seq,
  rev,
})
const lobby = (to: number) => applyChange(emptyLog, change(0, to, { reset: true }))!
const here = (to: number, self?: string) => ({ room: 'lobby', log: lobby(to), self })

test('the unread count of another room is how far its seq is ahead of the last message read', () => {
  const progress = withRooms(new Map(), [room('lobby', 4), room('den', 9)], true)
  const unread = unreadByRoom(progress, here(4), (name) => ({ lobby: 4, den: 6 })[name] ?? null)
  expect([...unread]).toEqual([
    ['lobby', 0],
    ['den', 3],
  ])
})

test('the unread count of the current room has only messages of other people', () => {
  const progress = withRooms(new Map(), [room('lobby', 5)], true)
  expect(unreadByRoom(progress, here(5), () => 2).get('lobby')).toBe(3)
  expect(unreadByRoom(progress, here(5, 'ada'), () => 2).get('lobby')).toBe(0)
})

test('the unread count of a room never visited is zero', () => {
  const progress = withRooms(new Map(), [room('den', 40)], true)
  expect(unreadByRoom(progress, here(0), () => null).get('den')).toBe(0)
})

test('a late room list with lower numbers leaves the counts as they are', () => {
  const progress = withProgress(withRooms(new Map(), [room('den', 3)], true), 'den', 5, 8)
  expect(withRooms(progress, [room('den', 4)], false).get('den')).toEqual({ seq: 5, rev: 8 })
})

test('a welcome resets the counts, also to lower numbers', () => {
  const progress = withRooms(new Map(), [room('den', 30)], true)
  expect(withRooms(progress, [room('den', 2)], true).get('den')).toEqual({ seq: 2, rev: 2 })
})

test('a removed room is no longer counted', () => {
  const progress = withRooms(new Map(), [room('lobby', 1), room('den', 3)], true)
  expect([...withRooms(progress, [room('lobby', 1)], false).keys()]).toEqual(['lobby'])
})

test('only new, undeleted messages of other people are news', () => {
  const changed = [...messages(1, 4), message(5, { deletedAt: message(5).sentAt, text: '' })]
  expect(newMessages(changed, 2, 'bo').map(({ seq }) => seq)).toEqual([3, 4])
  expect(newMessages(changed, 2, 'ada')).toEqual([])
})

test('the room list shows the lobby first, then rooms by title', () => {
  const rooms = [room('attic', 0), room('lobby', 0), { ...room('a', 0), title: 'Önskningar' }]
  expect(sortRooms(rooms, 'sv').map(({ name }) => name)).toEqual(['lobby', 'attic', 'a'])
})
